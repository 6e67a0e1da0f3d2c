import { stringify } from 'yaml';
import type { Redact } from '../action.ts';
import { objectDiff, type ObjectSide } from '../object-diff.ts';
import type { PullSecretAction } from './pull-secret-action.ts';

/** What stands for what is not shown. */
const hidden = '***';

/** Which registries the Secret has a login of, before and after; neither a password nor anything else of its data. */
export function previewSecret(spec: PullSecretAction, redact: Redact): string {
  return objectDiff(spec.object, side('now', loginsBefore(spec)), side('planned', loginsAfter(spec)), redact);
}

export function previewSecretUndo(spec: PullSecretAction, redact: Redact): string {
  const wrote = side('as the run wrote it', loginsAfter(spec));
  return objectDiff(spec.object, wrote, side('restored', loginsBefore(spec)), redact);
}

interface ShownLogins {
  readonly type: string;
  readonly auths: Readonly<Record<string, unknown>>;
}

function loginsBefore({ from }: PullSecretAction): ShownLogins | undefined {
  if (from === 'absent') return undefined;
  return { type: from.type, auths: Object.fromEntries(from.keys.map((key) => [key, hidden])) };
}

function loginsAfter(spec: PullSecretAction): ShownLogins {
  const { from, key, user, type } = spec;
  const gone = from === 'absent' ? [] : from.type === type ? from.replaced : from.keys;
  const others = Object.entries(loginsBefore(spec)?.auths ?? {}).filter(([one]) => !gone.includes(one));
  return { type, auths: { ...Object.fromEntries(others), [key]: { username: user, password: hidden } } };
}

function side(label: string, logins: ShownLogins | undefined): ObjectSide {
  return { label, yaml: logins && stringify(logins, { lineWidth: 0 }) };
}
