/**
 * Records the log drivers and their options of each release of dockerd that the Go module proxy has, by its own source,
 * into `src/runtimes/docker/fixtures/log-options.jsonl`. Needs Go: `sh scripts/with-node.sh
 * testbed/oracles/log-options/record.ts`.
 */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { askOracle } from '../ask-oracle.ts';

const releases = ['17.12.1-ce', '20.10.24', '23.0.15', '24.0.9', '25.0.13', '26.1.5', '27.5.1', '28.5.2'];

function sourceOf(release: string): string {
  const module = `github.com/docker/docker@v${release}+incompatible`;
  const run = spawnSync('go', ['mod', 'download', '-json', module], { cwd: tmpdir(), encoding: 'utf8' });
  if (run.status !== 0) throw new Error(`${module}: ${run.stdout} ${run.stderr}`);
  return join((JSON.parse(run.stdout) as { readonly Dir: string }).Dir, 'daemon/logger');
}

const answers = askOracle(import.meta.dirname, releases.map(sourceOf)).map((answer, index) =>
  JSON.stringify({ release: releases[index], ...(JSON.parse(answer) as object) }),
);
writeFileSync(
  join(import.meta.dirname, '../../../src/runtimes/docker/fixtures/log-options.jsonl'),
  answers.map((answer) => `${answer}\n`).join(''),
);
process.stderr.write(`${answers.length} releases recorded\n`);
