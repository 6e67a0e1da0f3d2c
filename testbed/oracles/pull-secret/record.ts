/**
 * Records which logins kubelet's own keyring tries for generated pull secrets and images into
 * `src/registry/docker-config/fixtures/answers.jsonl`. Needs Go, and the modules of the testbed's control plane; run it
 * after a change of the generator: `sh scripts/with-node.sh testbed/oracles/pull-secret/record.ts`.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { anyQuestion } from '../../../src/registry/docker-config/testing/questions.ts';
import { askOracle } from '../ask-oracle.ts';

const questions = fc.sample(anyQuestion, { numRuns: 800, seed: 20_261_126 });
const answers = [...new Set(askOracle(import.meta.dirname, questions))];
writeFileSync(
  join(import.meta.dirname, '../../../src/registry/docker-config/fixtures/answers.jsonl'),
  answers.map((answer) => `${answer}\n`).join(''),
);
process.stderr.write(`${answers.length} answers recorded\n`);
