import type { BootArgumentAction } from '../../../actions/boot-argument/boot-argument-action.ts';
import { dropInPath, planArgument, type ArgumentEdit, type EntryByHand } from '../../../grub/argument-edit.ts';
import type { BootFile, BootState } from '../../../grub/boot-state.ts';
import type { RefusedBoot } from '../../../grub/booted-with.ts';
import { sha256 } from '../../../hash/sha256.ts';
import type { TextParams } from '../../../locales/translator.ts';
import { fileObstacle, fileState, fileText, rootOwned } from '../../kit/file-edit.ts';
import { problemId } from '../meta.ts';
import { nokmem } from './written.ts';

/** What the argument takes on one node. */
export type ArgumentOnNode =
  | { readonly outcome: 'action'; readonly action: BootArgumentAction }
  | { readonly outcome: 'written' }
  /** The text is `refused.<why>`. */
  | { readonly outcome: 'refused'; readonly why: string; readonly params: TextParams };

type Reason = Pick<BootArgumentAction, 'node' | 'cures' | 'why'>;

/** The action that writes the argument, or why there is none. Pure. */
export function argumentOnNode(state: BootState, reason: Reason): ArgumentOnNode {
  const planned = planArgument(state, nokmem);
  if (planned.outcome === 'written') return planned;
  if (planned.outcome === 'refused') {
    const { because } = planned;
    if (!('file' in because))
      return { outcome: 'refused', why: words[because.refusal], params: { detail: because.detail } };
    const place = because.line === undefined ? because.file : `${because.file}:${because.line}`;
    return { outcome: 'refused', why: 'defaults', params: { place, reason: because.refusal } };
  }
  const { edit } = planned;
  const obstacle = obstacleOf(edit);
  if (obstacle !== undefined) return { outcome: 'refused', why: 'file', params: { path: edit.path, obstacle } };
  return { outcome: 'action', action: actionOf(state, edit, reason) };
}

const words: Readonly<Record<(RefusedBoot | EntryByHand)['refusal'], string>> = {
  notGrub: 'not-grub',
  noConfig: 'no-config',
  severalConfigs: 'several-configs',
  notTheOneBooted: 'not-the-one-booted',
  updateGrubIsOther: 'update-grub-is-other',
  toolMissing: 'tool-missing',
  madeByHand: 'made-by-hand',
  entriesDiffer: 'entries-differ',
  unreadFile: 'unread-file',
};

/** What keeps a plan from holding the file's own bytes as text that people approve. */
function obstacleOf({ before }: ArgumentEdit): string | undefined {
  if (before === undefined) return undefined;
  return fileObstacle({ ...before, content: before.text, isExact: true });
}

function actionOf(state: BootState, edit: ArgumentEdit, { node, cures, why }: Reason): BootArgumentAction {
  const { path, before, after, boot, entryArgument, entryArgumentBefore } = edit;
  const owner = before ?? rootOwned;
  const text = after ?? before?.text ?? '';
  const to = fileState(fileText({ content: text }), owner);
  return {
    kind: 'boot-argument',
    id: `boot-argument:${node}`,
    problem: problemId,
    node,
    cures,
    why,
    argument: nokmem.text,
    path,
    ...(path === dropInPath ? { makesFolder: true } : {}),
    from: before === undefined ? 'absent' : fileState(fileText({ content: before.text }), owner),
    to,
    sources: {
      before: sourcesDigest(state.defaults),
      after: sourcesDigest(withFile(state.defaults, { path, sha256: to.sha256 })),
    },
    generator: boot.generator,
    config: { path: boot.config.path, sha256: boot.config.sha256 },
    inEntries: {
      ...(entryArgumentBefore === undefined ? {} : { before: entryArgumentBefore }),
      after: entryArgument,
    },
  };
}

type Source = Pick<BootFile, 'path' | 'sha256'>;

/** As `sources_digest` of the action's scripts makes it: of the hashes and names of all files of the defaults. */
function sourcesDigest(files: readonly Source[]): string {
  return sha256(Buffer.from(files.map(({ path, sha256: sum }) => `${sum}  ${path}\n`).join(''), 'latin1'));
}

/** In the order of a shell's glob; `/etc/default/grub` is not part of that. */
function withFile(files: readonly Source[], file: Source): readonly Source[] {
  const others = files.filter(({ path }) => path !== file.path);
  return [...others, file].toSorted((a, b) => (a.path < b.path ? -1 : 1));
}
