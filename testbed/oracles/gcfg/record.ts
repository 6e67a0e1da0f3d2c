/**
 * Records what gcfg makes of generated configurations into `src/gcfg/fixtures/gcfg.jsonl`. Needs Go; run it after a
 * change of the generator: `sh scripts/with-node.sh testbed/oracles/gcfg/record.ts`.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { anyConfiguration } from '../../../src/gcfg/testing/configurations.ts';
import { askOracle } from '../ask-oracle.ts';

const texts = [...new Set(fc.sample(anyConfiguration, { numRuns: 2_500, seed: 20_261_130 }))];
const answers = askOracle(import.meta.dirname, texts);
writeFileSync(
  join(import.meta.dirname, '../../../src/gcfg/fixtures/gcfg.jsonl'),
  texts.map((text, index) => `${JSON.stringify([text, JSON.parse(answers[index] ?? '')])}\n`).join(''),
);
process.stderr.write(`${answers.length} answers recorded\n`);
