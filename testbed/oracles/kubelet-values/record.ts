/**
 * Records what kubelet reads in values of its configuration file into `src/runtimes/kubelet/fixtures/values.jsonl`.
 * Needs Go, and the modules of the testbed's control plane: `sh scripts/with-node.sh
 * testbed/oracles/kubelet-values/record.ts`.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { askOracle } from '../ask-oracle.ts';

/** Scalars of YAML 1.1 in all their forms, as people write them behind a key. */
const scalars = [
  '10Mi',
  '"10Mi"',
  "'10Mi'",
  '10485760',
  '"10485760"',
  '-1',
  '"-1"',
  '+5',
  '0',
  '00',
  '007',
  '010',
  '5',
  '"5"',
  "'5'",
  '5.0',
  '5.5',
  '1e3',
  '1E3',
  '1e+3',
  '.5',
  '0x10',
  '0o10',
  '0b11',
  '1_000',
  '3000000000',
  '99999999999999999999',
  '~',
  'null',
  'Null',
  '',
  '""',
  'true',
  'yes',
  'on',
  'NaN',
  '.inf',
  '.nan',
  '12:30',
  '2026-01-01',
  '[5]',
  '{}',
  '!!str 5',
  '!!int "5"',
  '5 # files',
  '&a 5',
  '|-\n  10Mi',
  '10Mi\n  # more',
  'ten',
  '10 Mi',
];
const questions = [
  ...['containerLogMaxSize', 'containerLogMaxFiles', 'maxPods', 'imageGCHighThresholdPercent'].flatMap((key) =>
    scalars.map((value) => ({ key, value })),
  ),
  ...[
    ...scalars.filter((value) => !value.includes('\n')).map((value) => `{memory.available: ${value}}`),
    '5',
    '[]',
    '""',
  ].map((value) => ({ key: 'evictionHard', value })),
];
const answers = askOracle(import.meta.dirname, questions);
writeFileSync(
  join(import.meta.dirname, '../../../src/runtimes/kubelet/fixtures/values.jsonl'),
  answers.map((answer) => `${answer}\n`).join(''),
);
process.stderr.write(`${answers.length} answers recorded\n`);
