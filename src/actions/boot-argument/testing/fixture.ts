import { readdirSync, readFileSync, statSync } from 'node:fs';
import { applyPatch } from 'diff';
import type { ChrootNode } from '../../../../test/chroot/chroot-node.ts';
import { bootArgumentAction, GrubNode } from '../../../../test/chroot/grub-node.ts';
import type { NodeFixture, NodeTestCase } from '../../testing/node-fixture.ts';
import type { BootArgumentAction, StoredBootArgumentAction } from '../boot-argument-action.ts';
import { bootArgumentKind } from '../boot-argument.ts';

const folders = [
  '/etc/default',
  '/etc/default/grub.d',
  '/boot/grub',
  '/boot/grub2',
  '/boot/loader/entries',
  '/etc/kernel',
];

/** Every file of the folders: its name and mode, then its lines; of each that loads a kernel the words in their order. */
function observed(node: ChrootNode): string {
  return folders.flatMap((folder) => filesIn(node, folder)).join('');
}

function filesIn(node: ChrootNode, folder: string): readonly string[] {
  let names: readonly string[];
  try {
    names = readdirSync(node.path(folder)).toSorted();
  } catch {
    return [];
  }
  return (
    names
      // What a generator that was killed leaves is its own.
      .filter((name) => !name.endsWith('.tmp'))
      .map((name) => `${folder}/${name}`)
      .filter((path) => statSync(node.path(path)).isFile())
      .map((path) => {
        const mode = (statSync(node.path(path)).mode & 0o7777).toString(8);
        return `== ${path} ${mode}\n${readFileSync(node.path(path), 'latin1').split('\n').map(bootLine).join('\n')}\n`;
      })
  );
}

const loads = /^(\s+linux\s+\S+|options|kernelopts=|root=\S+)\s*(.*)$/u;

/** The order of arguments of other names means nothing to a kernel. */
function bootLine(line: string): string {
  const [, head, words] = loads.exec(line) ?? [];
  return head === undefined || words === undefined
    ? line
    : `${head} ${words.split(/\s+/u).filter(Boolean).toSorted().join(' ')}`;
}

/** The patch of the defaults, and the preview's argument in each line that loads a kernel. */
function previewed(preview: string, before: string): string {
  const entries = preview.indexOf('--- /boot/');
  const added = /^\+(cgroup\.memory=\S+)$/mu.exec(preview.slice(entries))?.[1];
  const parts = before.split(/^(?=== )/mu);
  const patch = preview.slice(0, entries);
  const path = /^\+\+\+ b(\S+)/mu.exec(patch)?.[1] ?? '';
  const body = patch.slice(patch.search(/^--- /mu));
  const isNew = patch.includes('--- /dev/null');
  const edited = isNew
    ? [...parts, `== ${path} 644\n${String(applyPatch('', body))}\n`]
    : parts.map((part) => {
        if (!part.startsWith(`== ${path} `)) return part;
        const [head = '', ...rest] = part.split('\n');
        return `${head}\n${String(applyPatch(rest.slice(0, -1).join('\n'), body))}\n`;
      });
  return edited
    .map((part) =>
      part
        .split('\n')
        .map((line) => (added === undefined ? line : withArgument(line, added)))
        .join('\n'),
    )
    .toSorted(byPlace)
    .join('');
}

function withArgument(line: string, added: string): string {
  const [, head, words] = loads.exec(line) ?? [];
  return head === undefined || words === undefined || words.includes('$kernelopts')
    ? line
    : bootLine(`${head} ${words} ${added}`);
}

/** As they are seen: folder by folder. */
function byPlace(one: string, other: string): number {
  const key = (part: string): string => {
    const path = part.slice(3, part.indexOf(' ', 3));
    const folder = path.slice(0, path.lastIndexOf('/'));
    return `${folders.indexOf(folder)} ${path}`;
  };
  return key(one) < key(other) ? -1 : 1;
}

/** Somebody's line that no reader can tell the meaning of: it stands, and nothing else is written. */
const unreadable = '. /etc/default/more\n';

function edit(node: ChrootNode, path: string): void {
  node.outside('sh', '-c', 'printf %s "$2" >>"$1"', 'sh', node.path(path), unreadable);
}

function testCase(
  before: NodeTestCase<BootArgumentAction, GrubNode>['before'],
  path: string,
  killedEvery: number,
): NodeTestCase<BootArgumentAction, GrubNode> {
  return {
    before,
    seen: observed,
    previewed,
    killedEvery,
    edit: (node, since) => edit(node, since === 'plan' ? '/etc/default/grub' : path),
    edited: { plan: 'stage refused FILE_CHANGED_SINCE_PLAN', run: 'undo refused BOOT_ARGUMENT_LEFT' },
  };
}

export const fixture: NodeFixture<BootArgumentAction, StoredBootArgumentAction, GrubNode> = {
  kind: bootArgumentKind,
  makeNode: (shell) => new GrubNode(shell),
  testCases: {
    // grub-mkconfig starts some 400 programs, and any of them may be the last.
    "Debian's own GRUB gets a file of defaults": testCase(
      (node) => {
        node.reset();
        return bootArgumentAction(node);
      },
      '/etc/default/grub.d/99-nodemend.cfg',
      20,
    ),
    'entries of Enterprise Linux 9, edited by a stand-in for grubby': testCase(
      (node) => {
        node.resetEnterprise();
        return bootArgumentAction(node);
      },
      '/etc/default/grub',
      12,
    ),
  },
};
