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

/** The names of those that are not as the action makes them, each with how it is. */
export function notInForce(spec: ImagePinAction, found: readonly Omit<ImageRecord, 'name'>[]): readonly string[] {
  return spec.records.flatMap(({ name, digest }, index) => {
    const now = found[index];
    if (now === undefined || now.digest === '') return [`${name}: gone`];
    if (now.digest !== digest) return [`${name}: ${now.digest} now`];
    return now.pinned === pinnedValue(spec) ? [] : [`${name}: ${now.pinned === '' ? 'not pinned' : now.pinned}`];
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
