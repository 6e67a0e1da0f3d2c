import type { ErrorCode } from '../../errors/catalogue.ts';
import type { TextParams } from '../../locales/translator.ts';
import type { ActionContext, StepResult } from '../action.ts';
import { commonRefusal, refused } from '../node-state/refusal.ts';
import { valueOf, type Reply } from '../node-state/reply.ts';
import type { ImageAction } from './image-action.ts';

/** By the word that a script gives with `refuse`: the code, and what its words need of what was said. */
const refusals: Readonly<Record<string, readonly [ErrorCode, (words: string) => TextParams]>> = {
  'run-undone': ['RUN_UNDONE_ON_NODE', () => ({})],
  'client-missing': ['RUNTIME_CLIENT_MISSING', (client) => ({ client })],
  'runtime-away': ['RUNTIME_AWAY', (socket) => ({ socket })],
  'store-unsupported': ['IMAGE_STORE_UNSUPPORTED', () => ({})],
  'no-folder': ['FOLDER_MISSING', (folder) => ({ folder })],
  'no-room': ['IMAGE_NO_ROOM', room],
  'no-inodes': ['IMAGE_NO_INODES', inodes],
  'disk-full': ['IMAGE_DISK_FULL', (found) => ({ found })],
  'fetch-failed': ['IMAGE_FETCH_FAILED', (found) => ({ found })],
  'not-whole': ['IMAGE_NOT_WHOLE', (found) => ({ found })],
  'in-use': ['IMAGE_IN_USE', (container) => ({ container })],
};

/** Why a node's images were left alone. */
export function imageRefusal(
  { image, problem, bytes }: ImageAction,
  reply: Reply,
  { connection: { node }, run }: ActionContext,
): Extract<StepResult, { outcome: 'refused' }> {
  const words = valueOf(reply, 'words');
  const own = refusals[valueOf(reply, 'reason')];
  if (own) return refused(own[0], { node, run, image, bytes, ...own[1](words) });
  return commonRefusal(node, reply) ?? refused('IMAGE_CHANGED_SINCE_PLAN', { node, image, problem, found: words });
}

function room(words: string): TextParams {
  const { path, free, needed, keepFree } = inodes(words);
  return { path, freeBytes: Number(free), neededBytes: Number(needed), keepFreeBytes: Number(keepFree) };
}

function inodes(words: string): Readonly<Record<'path' | 'free' | 'needed' | 'keepFree', string>> {
  const [path = '', free = '', needed = '', keepFree = ''] = words.split(' ');
  return { path, free, needed, keepFree };
}
