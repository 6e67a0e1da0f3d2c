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

/** As IMAGE_NOT_IN_FORCE tells them apart. */
export interface NameFault {
  readonly context: 'gone' | 'moved' | 'lacking' | 'unseen';
  /** Its digest now, or how much of it is there, in the words of the runtime. */
  readonly found: string;
}

/** How it is not as the action makes it; undefined when it is. */
export function fault({ digest }: ImageAction, found: ObservedName): NameFault | undefined {
  if (found.digest === '') return { context: 'gone', found: '' };
  if (found.digest !== digest) return { context: 'moved', found: found.digest };
  return found.lacking === '' ? undefined : { context: 'lacking', found: found.lacking };
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
