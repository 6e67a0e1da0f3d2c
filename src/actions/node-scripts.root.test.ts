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

/** As they are sent: the shared parts are joined in front, so names that the joined script lacks are found. */
it.each([
  ['lock', ['node-state/prelude.sh', 'node-state/lock.sh']],
  ['unlock', ['node-state/prelude.sh', 'node-state/unlock.sh']],
  ['prune', ['node-state/prelude.sh', 'node-state/prune.sh']],
  ['records', ['node-state/prelude.sh', 'node-state/records.sh']],
  ['stage', ['node-state/prelude.sh', 'file/place.sh', 'file/attributes.sh', 'file/folders.sh', 'file/stage.sh']],
  ['commit', ['node-state/prelude.sh', 'file/place.sh', 'file/attributes.sh', 'file/commit.sh']],
  ['undo', ['node-state/prelude.sh', 'file/place.sh', 'file/attributes.sh', 'file/folders.sh', 'file/undo.sh']],
  ['inspect', ['node-state/prelude.sh', 'file/place.sh', 'file/inspect.sh']],
  ['log-keep', ['node-state/prelude.sh', 'log-space/place.sh', 'log-space/keep.sh']],
  ['log-free', ['node-state/prelude.sh', 'log-space/place.sh', 'log-space/free.sh']],
  ['log-look', ['node-state/prelude.sh', 'log-space/place.sh', 'log-space/look.sh']],
  ['log-undo', ['node-state/prelude.sh', 'log-space/place.sh', 'log-space/undo.sh']],
  ['prepare a restart', ['node-state/prelude.sh', 'service/unit.sh', 'service/prepare.sh']],
  ['restart', ['node-state/prelude.sh', 'service/unit.sh', 'service/restart.sh']],
  ['settle a restart', ['node-state/prelude.sh', 'service/settle.sh']],
  ['state of a unit', ['node-state/prelude.sh', 'service/unit.sh', 'service/state.sh']],
  ['inspect a restart', ['node-state/prelude.sh', 'service/unit.sh', 'service/inspect.sh']],
  ['undo a restart', ['node-state/prelude.sh', 'service/unit.sh', 'service/undo.sh']],
])('the script %s is clean for shellcheck', (name, parts) => {
  const script = join(folder, `${name}.sh`);
  writeFileSync(script, parts.map((part) => readFileSync(join(here, part), 'utf8')).join('\n'));
  const found = execFileSync('sh', ['-c', 'shellcheck -s sh "$1" || :', 'sh', script], { encoding: 'utf8' });
  expect(found).toBe('');
});
