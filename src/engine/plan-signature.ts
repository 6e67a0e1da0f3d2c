import { createHash, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';
import { NodemendError } from '../errors/nodemend-error.ts';
import type { Plan } from './plan.ts';

/**
 * Where a plan came from: `here` when this user made it on this machine; all else is `elsewhere`, also what nobody
 * signed.
 */
export type PlanOrigin = 'here' | 'elsewhere';

/** The plan as its maker's machine vouches for it: by its hash, which covers all that is carried out. */
export function signPlan(plan: Plan, key: KeyObject): Plan {
  return { ...plan, signature: { key: keyName(key), value: sign(null, signedBytes(plan), key).toString('base64') } };
}

/**
 * `key` is this machine's; undefined where it has none. @throws NodemendError PLAN_TAMPERED for a plan that says it was
 * made here and was not
 */
export function originOf(plan: Plan, key: KeyObject | undefined, file: string): PlanOrigin {
  const { signature } = plan;
  if (key === undefined || signature === undefined || signature.key !== keyName(key)) return 'elsewhere';
  if (!verify(null, signedBytes(plan), createPublicKey(key), Buffer.from(signature.value, 'base64')))
    throw new NodemendError('PLAN_TAMPERED', { file });
  return 'here';
}

/** As OpenSSH shows keys. */
function keyName(key: KeyObject): string {
  const spki = createPublicKey(key).export({ type: 'spki', format: 'der' });
  return `SHA256:${createHash('sha256').update(spki).digest('base64').replace(/=+$/u, '')}`;
}

/** What is signed is no other text that anybody signs with such a key. */
function signedBytes({ hash, madeAt }: Plan): Buffer {
  return Buffer.from(`nodemend.dev/plan-signature/v1\n${hash}\n${madeAt}\n`, 'utf8');
}
