import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';

const here = import.meta.dirname;
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'nodemend-shellcheck-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** As they are sent: the shared parts are joined in front. Those of the kinds are checked by their contract. */
it.each([
  ['lock', ['node-state/prelude.sh', 'node-state/lock.sh']],
  ['unlock', ['node-state/prelude.sh', 'node-state/unlock.sh']],
  ['prune', ['node-state/prelude.sh', 'node-state/prune.sh']],
  ['records', ['node-state/prelude.sh', 'node-state/records.sh']],
])('the script %s is clean for shellcheck', (name, parts) => {
  const script = join(folder, `${name}.sh`);
  writeFileSync(script, parts.map((part) => readFileSync(join(here, part), 'utf8')).join('\n'));
  const found = execFileSync('sh', ['-c', 'shellcheck -s sh "$1" || :', 'sh', script], { encoding: 'utf8' });
  expect(found).toBe('');
});
