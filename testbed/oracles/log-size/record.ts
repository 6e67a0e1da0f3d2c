/**
 * Records how many bytes kubelet reads in generated sizes of logs into `src/runtimes/kubelet/fixtures/log-sizes.jsonl`.
 * Needs Go, and the modules of the testbed's control plane; run it after a change of the generator: `sh
 * scripts/with-node.sh testbed/oracles/log-size/record.ts`.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { anyLogSize } from '../../../src/runtimes/kubelet/testing/log-sizes.ts';
import { askOracle } from '../ask-oracle.ts';

const sizes = [...new Set(fc.sample(anyLogSize, { numRuns: 1_500, seed: 20_261_130 }))];
const answers = askOracle(import.meta.dirname, sizes);
writeFileSync(
  join(import.meta.dirname, '../../../src/runtimes/kubelet/fixtures/log-sizes.jsonl'),
  answers.map((answer) => `${answer}\n`).join(''),
);
process.stderr.write(`${answers.length} answers recorded\n`);
