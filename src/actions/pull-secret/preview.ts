import { createTwoFilesPatch } from 'diff';
import { stringify } from 'yaml';
import type { Redact } from '../action.ts';
import type { ObjectReference, PullSecretAction, PullSecretAttachmentAction } from '../cluster-action.ts';
import { printable, printableText } from '../../text/printable.ts';
import { objectWords } from '../object-words.ts';

/** What stands for what is not shown. */
const hidden = '***';

const planned = { before: 'now', after: 'planned' };
const undone = { before: 'as the run wrote it', after: 'restored' };

/** Which registries the Secret has a login of, before and after; neither a password nor anything else of its data. */
export function previewSecret(spec: PullSecretAction, redact: Redact): string {
  return diffOf(spec.object, secretSides(spec), planned, redact);
}

export function previewSecretUndo(spec: PullSecretAction, redact: Redact): string {
  return diffOf(spec.object, turned(secretSides(spec)), undone, redact);
}

export function previewAttachment(spec: PullSecretAttachmentAction, redact: Redact): string {
  return diffOf(spec.object, attachmentSides(spec), planned, redact);
}

export function previewAttachmentUndo(spec: PullSecretAttachmentAction, redact: Redact): string {
  return diffOf(spec.object, turned(attachmentSides(spec)), undone, redact);
}

/** Undefined where there is no such object. */
interface Sides {
  readonly before: unknown;
  readonly after: unknown;
}

function turned({ before, after }: Sides): Sides {
  return { before: after, after: before };
}

function secretSides({ from, key, user, type }: PullSecretAction): Sides {
  const login = { [key]: { username: user, password: hidden } };
  if (from === 'absent') return { before: undefined, after: { type, auths: login } };
  const before = Object.fromEntries(from.keys.map((one) => [one, hidden]));
  const gone = new Set(from.type === type ? from.replaced : from.keys);
  const others = Object.fromEntries(Object.entries(before).filter(([one]) => !gone.has(one)));
  return { before: { type: from.type, auths: before }, after: { type, auths: { ...others, ...login } } };
}

function attachmentSides({ from, secret }: PullSecretAttachmentAction): Sides {
  const list = (names: readonly string[]): unknown => ({ imagePullSecrets: names.map((name) => ({ name })) });
  return { before: list(from), after: list([...from, secret]) };
}

function diffOf(
  object: ObjectReference,
  { before, after }: Sides,
  labels: { readonly before: string; readonly after: string },
  redact: Redact,
): string {
  const text = (value: unknown): string =>
    value === undefined ? '' : printableText(redact(stringify(value, { lineWidth: 0 })));
  const words = printable(objectWords(object));
  const name = (value: unknown): string => (value === undefined ? '/dev/null' : words);
  const patch = createTwoFilesPatch(name(before), name(after), text(before), text(after), labels.before, labels.after, {
    context: 3,
  });
  return patch.replace(/^(?:Index: .*\n)?=+\n/u, '').trimEnd();
}
