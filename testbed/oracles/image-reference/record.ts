/**
 * Records what distribution/reference says to generated image references into
 * `src/registry/reference/fixtures/answers.jsonl`. Needs Go; run it after a change of the generator: `sh
 * scripts/with-node.sh testbed/oracles/image-reference/record.ts`.
 */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { anyReference } from '../../../src/registry/reference/testing/references.ts';

const inputs = [...new Set(fc.sample(anyReference, { numRuns: 1_500, seed: 20_261_124 }))];
const run = spawnSync('go', ['run', '.'], {
  cwd: import.meta.dirname,
  input: inputs.map((input) => `${JSON.stringify(input)}\n`).join(''),
  encoding: 'utf8',
  maxBuffer: 1e8,
});
if (run.status !== 0) throw new Error(`go run ended with ${run.status}: ${run.stderr}`);
writeFileSync(join(import.meta.dirname, '../../../src/registry/reference/fixtures/answers.jsonl'), run.stdout);
process.stderr.write(`${inputs.length} answers recorded\n`);
