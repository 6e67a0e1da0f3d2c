import { createTwoFilesPatch } from 'diff';
import { stringify } from 'yaml';
import type { Redact } from '../action.ts';
import type { ObjectReference, PullSecretAction, PullSecretAttachmentAction } from '../cluster-action.ts';
import { printable } from '../node-state/printable.ts';
import { objectWords } from '../object-words.ts';

/** What stands for what is not shown. */
const hidden = '***';

/** Which registries the Secret has a login of, before and after; neither a password nor anything else of its data. */
export function previewSecret({ object, from, key, user, type }: PullSecretAction, redact: Redact): string {
  const after = { [key]: { username: user, password: hidden } };
  if (from === 'absent') return diffOf(object, undefined, { type, auths: after }, redact);
  const before = Object.fromEntries(from.keys.map((one) => [one, hidden]));
  const gone = new Set(from.type === type ? from.replaced : from.keys);
  const others = Object.fromEntries(Object.entries(before).filter(([one]) => !gone.has(one)));
  return diffOf(object, { type: from.type, auths: before }, { type, auths: { ...others, ...after } }, redact);
}

export function previewAttachment({ object, from, secret }: PullSecretAttachmentAction, redact: Redact): string {
  const list = (names: readonly string[]): unknown => ({ imagePullSecrets: names.map((name) => ({ name })) });
  return diffOf(object, list(from), list([...from, secret]), redact);
}

function diffOf(object: ObjectReference, before: unknown, after: unknown, redact: Redact): string {
  const text = (value: unknown): string =>
    value === undefined ? '' : printable(redact(stringify(value, { lineWidth: 0 })));
  const words = printable(objectWords(object));
  const patch = createTwoFilesPatch(
    before === undefined ? '/dev/null' : words,
    words,
    text(before),
    text(after),
    'now',
    'planned',
    { context: 3 },
  );
  return patch.replace(/^(?:Index: .*\n)?=+\n/u, '').trimEnd();
}
