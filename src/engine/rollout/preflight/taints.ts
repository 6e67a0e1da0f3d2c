import type { JsonObject } from '../../../kubernetes/api.ts';
import { text } from '../../../kubernetes/json-fields.ts';

export interface Taint {
  readonly key: string;
  readonly value: string;
  readonly effect: string;
}

export interface Toleration extends Taint {
  readonly operator: string;
}

export function readTaint({ key, value, effect }: JsonObject): Taint {
  return { key: text(key), value: text(value), effect: text(effect) };
}

export function readToleration(raw: JsonObject): Toleration {
  return { ...readTaint(raw), operator: text(raw['operator']) || 'Equal' };
}

/** The first taint that keeps a pod away: `PreferNoSchedule` does not. */
export function keptAwayBy(taints: readonly Taint[], tolerations: readonly Toleration[]): Taint | undefined {
  return taints.find(
    (taint) => taint.effect !== 'PreferNoSchedule' && !tolerations.some((toleration) => tolerates(toleration, taint)),
  );
}

/**
 * Core/v1 toleration.go, ToleratesTaint: no effect means every effect, no key with `Exists` every key. Operators of
 * later releases (`Gt`, `Lt`) are taken for not tolerating.
 */
function tolerates({ key, value, effect, operator }: Toleration, taint: Taint): boolean {
  if (effect !== '' && effect !== taint.effect) return false;
  if (key !== '' && key !== taint.key) return false;
  return operator === 'Exists' || (operator === 'Equal' && key !== '' && value === taint.value);
}
