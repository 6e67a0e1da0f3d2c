import type { ActionState } from '../action.ts';
import type { Reply } from '../node-state/reply.ts';
import type { ImagePinAction, ImageRecord } from './image-pin-action.ts';

/** What kubelet takes for a pin, and nothing else (containerd `pkg/cri/labels`). */
export function pinnedValue({ operation }: ImagePinAction): 'pinned' | '' {
  return operation === 'pin' ? 'pinned' : '';
}

/** The records as `look.sh` said them, in the order of the action; one that is gone has no digest. */
export function recordsIn(reply: Reply): readonly Omit<ImageRecord, 'name'>[] {
  const said = reply.entries.flatMap((entry) => (entry.name === 'record' && 'value' in entry ? [entry.value] : []));
  return said.map((line) => {
    const [digest = '', pinned = '', run = ''] = line.split(' ').map((word) => (word === '-' ? '' : word));
    return { digest, pinned, run };
  });
}

/** A record that is not as the action makes it. */
export interface AstrayRecord {
  readonly name: string;
  /** As IMAGE_NOT_IN_FORCE tells them apart. */
  readonly is: 'gone' | 'moved' | 'unpinned' | 'labelled';
  /** Its digest, or its label, as it is now. */
  readonly found: string;
}

export function notInForce(spec: ImagePinAction, found: readonly Omit<ImageRecord, 'name'>[]): readonly AstrayRecord[] {
  return spec.records.flatMap(({ name, digest }, index): readonly AstrayRecord[] => {
    const now = found[index];
    if (now === undefined || now.digest === '') return [{ name, is: 'gone', found: '' }];
    if (now.digest !== digest) return [{ name, is: 'moved', found: now.digest }];
    if (now.pinned === pinnedValue(spec)) return [];
    return [{ name, is: now.pinned === '' ? 'unpinned' : 'labelled', found: now.pinned }];
  });
}

/** How far a run got: the phase says what was tried, the labels on the records say what happened. */
export function imagePinState(
  spec: ImagePinAction,
  phase: string,
  { run, found }: { readonly run: string; readonly found: readonly Omit<ImageRecord, 'name'>[] },
): ActionState {
  const isInForce = notInForce(spec, found).length === 0;
  const ours = found.filter((record) => record.run === run).length;
  const meanings: Readonly<Record<string, ActionState>> = {
    none: 'untouched',
    staged: 'staged',
    committing: isInForce && ours === found.length ? 'applied' : 'staged',
    committed: isInForce ? 'applied' : 'moved',
    kept: isInForce ? 'applied' : 'moved',
    undoing: ours === 0 ? 'undone' : 'applied',
    undone: 'undone',
  };
  return meanings[phase] ?? 'moved';
}
