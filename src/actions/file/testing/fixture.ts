import { chmodSync, chownSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { applyPatch } from 'diff';
import type { ChrootNode } from '../../../../test/chroot/chroot-node.ts';
import { fileAction, fileState, newContent, oldContent, path, put } from '../../../../test/chroot/file-fixture.ts';
import { plainNode, type NodeFixture, type NodeTestCase } from '../../testing/node-fixture.ts';
import type { FileAction, StoredFileAction } from '../file-action.ts';
import { fileKind } from '../file.ts';

const folder = path.slice(0, path.lastIndexOf('/'));

/** Each file of the folder, with owner, mode and content: `owner 0:0 mode 0644`, then the content. */
function observed(node: ChrootNode): string {
  return readdirSync(node.path(folder))
    .toSorted()
    .map((name) => {
      const file = node.path(`${folder}/${name}`);
      const { uid, gid, mode } = statSync(file);
      const head = name === 'docker' ? '' : `${name}: `;
      return `${head}owner ${uid}:${gid} mode 0${(mode & 0o7777).toString(8)}\n${readFileSync(file, 'utf8')}`;
    })
    .join('');
}

/** The owner and mode that the preview says, and its patch applied. */
function previewed(preview: string, before: string): string {
  if (preview.includes('+++ /dev/null')) return '';
  const [head = '', ...content] = before.split('\n');
  const metadata = /^\+(owner .*)$/mu.exec(preview)?.[1] ?? head;
  const patch = preview.slice(Math.max(0, preview.search(/^--- /mu)));
  const patched = patch.startsWith('--- ') ? applyPatch(content.join('\n'), `${patch}\n`) : content.join('\n');
  return `${metadata}\n${String(patched)}`;
}

function testCase(from: string | undefined, change: Partial<FileAction>, killedEvery = 7): NodeTestCase<FileAction> {
  return {
    before: (node) => {
      rmSync(node.path(folder), { recursive: true, force: true });
      mkdirSync(node.path(folder));
      if (from !== undefined) put(node, from);
      if (change.from !== undefined && change.from !== 'absent') {
        chownSync(node.path(path), change.from.uid, change.from.gid);
        chmodSync(node.path(path), Number.parseInt(change.from.mode, 8));
      }
      return fileAction(change);
    },
    seen: observed,
    previewed,
    killedEvery,
    edit: (node) => put(node, '# a hand was here\n'),
    edited: { plan: 'stage refused FILE_CHANGED_SINCE_PLAN', run: 'undo refused FILE_CHANGED_SINCE_RUN' },
  };
}

export const fixture: NodeFixture<FileAction, StoredFileAction> = {
  kind: fileKind,
  makeNode: plainNode,
  testCases: {
    'a file is replaced': testCase(
      oldContent,
      { from: fileState(oldContent, '0640', 7, 8), to: fileState(newContent) },
      1,
    ),
    'a file is made': testCase(undefined, { from: 'absent' }),
    'a file is removed': testCase(oldContent, { to: 'absent' }),
    'a file gets another mode': testCase(oldContent, {
      from: fileState(oldContent, '0666'),
      to: fileState(oldContent, '0644'),
    }),
  },
};
