import type { ActionState } from '../action.ts';
import { valueOf, type Reply } from '../node-state/reply.ts';
import type { ImageAction } from './image-action.ts';

/** What the node says of the name. */
export interface ObservedName {
  /** What it stands for; empty where it is gone. */
  readonly digest: string;
  /** The run that made it; empty for a name of anybody else's. */
  readonly run: string;
  /** In the runtime's words, how much of its content is missing; empty when it is whole. */
  readonly lacking: string;
}

export function nameIn(reply: Reply): ObservedName {
  const [digest = '', run = ''] = valueOf(reply, 'name')
    .split(' ')
    .map((word) => (word === '-' ? '' : word));
  return { digest, run, lacking: valueOf(reply, 'lacking') };
}

/** How it is not as the action makes it; undefined when it is. */
export function fault({ image, digest }: ImageAction, found: ObservedName): string | undefined {
  if (found.digest === '') return `${image}: gone`;
  if (found.digest !== digest) return `${image}: ${found.digest} now`;
  return found.lacking === '' ? undefined : `${image}: ${found.lacking}`;
}

/** How far a run got. A name that is half made is finished by the same steps again. */
export function imageState(spec: ImageAction, phase: string, found: ObservedName, run: string): ActionState {
  const isInForce = fault(spec, found) === undefined;
  const meanings: Readonly<Record<string, ActionState>> = {
    none: 'untouched',
    staged: 'staged',
    committing: 'staged',
    committed: isInForce ? 'applied' : 'moved',
    kept: isInForce ? 'applied' : 'moved',
    undoing: found.run === run ? 'applied' : 'undone',
    undone: 'undone',
  };
  return meanings[phase] ?? 'moved';
}
