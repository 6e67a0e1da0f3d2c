import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { run } from '../../../../test/chroot/file-fixture.ts';
import { dockerFolder, dockerLog, logSpaceAction, LogNode } from '../../../../test/chroot/log-fixture.ts';
import { sha256 } from '../../../hash/sha256.ts';
import type { NodeFixture, NodeTestCase } from '../../testing/node-fixture.ts';
import type { LogSpaceAction } from '../log-space-action.ts';
import { logSpaceKind } from '../log-space.ts';

/** Each file of the container's folder: name, bytes and their hash, mode, owner. */
function observed(node: LogNode): string {
  return readdirSync(node.reach(dockerFolder))
    .toSorted()
    .map((name) => {
      const path = `${dockerFolder}/${name}`;
      const { size, mode, uid, gid } = statSync(node.reach(path));
      const hash = sha256(readFileSync(node.reach(path)));
      return `${path} ${size} bytes ${(mode & 0o7777).toString(8)} ${uid} ${gid} ${hash}\n`;
    })
    .join('');
}

const size = /^-(\d+) bytes/u;

/** The file with that many bytes, which the preview says is gone, or is empty from then on. */
function previewed(preview: string, before: string): string {
  if (!before.includes(` ${size.exec(preview)?.[1]} bytes `)) return 'a preview of another file';
  const emptied = before.replace(/\d+ bytes/u, '0 bytes').replace(/[0-9a-f]{64}$/mu, emptyHash);
  return preview.endsWith('\n+0 bytes') ? emptied : '';
}

const emptyHash = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

function testCase(log: LogSpaceAction['log']): NodeTestCase<LogSpaceAction, LogNode> {
  const path = log === 'live' ? dockerLog : `${dockerLog}.1`;
  // Old lines stand beside a log that goes on.
  const returned = log === 'live' ? `${path}-nodemend-${run}` : path;
  const back = (before: string): string => before.replace(`${path} `, `${returned} `);
  return {
    before: (node) => {
      const folder = node.reach(dockerFolder);
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(folder, { recursive: true });
      chmodSync(folder, 0o710);
      node.log(path, 1);
      return logSpaceAction(node, path, { log, ...(log === 'live' ? { disrupts: 'discard' } : {}) });
    },
    seen: observed,
    killedEvery: 7,
    previewed,
    undone: (preview, before) => (log === 'live' ? previewed(preview, before) + back(before) : before),
    edit: (node, since) => {
      if (since === 'run') node.sh('echo theirs >"$1$2"', returned);
      else if (log === 'live') node.sh('ln "$1$2" "$1$2.other"', path);
      else node.sh('echo more >>"$1$2"', path);
    },
    edited: {
      plan: `keep refused ${log === 'live' ? 'FILE_NOT_REPLACEABLE' : 'FILE_CHANGED_SINCE_PLAN'}`,
      run: 'undo refused FILE_CHANGED_SINCE_RUN',
    },
    // Nobody knows whether a log was emptied before or after the kill: its lines are in the one place or in the other.
    ends: {
      applied: (now, { before }) => !now.includes(before),
      undone: (now, { before }) => [before, back(before)].some((whole) => now.includes(whole)),
    },
  };
}

export const fixture: NodeFixture<LogSpaceAction, LogSpaceAction, LogNode> = {
  kind: logSpaceKind,
  makeNode: (shell) => new LogNode(shell),
  // Its /proc is the machine's own, and so is its boot id.
  lock: { bootId: '' },
  testCases: { 'a rotated log is removed': testCase('rotated'), 'a live log is emptied': testCase('live') },
};
