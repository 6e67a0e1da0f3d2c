import { z } from 'zod';
import { calicoNamespaces, calicoNode, udpVariables } from '../../calico/udp-variables.ts';
import type { Json, JsonObject } from '../../kubernetes/api.ts';
import { text } from '../../kubernetes/json-fields.ts';
import type { ClusterActionBase, ObjectReference } from '../cluster-action.ts';
import { valueAt } from '../json-pointer.ts';
import type { FieldChange } from './object-patch-action.ts';

const place = /^(\/spec\/template\/spec\/containers\/(?:0|[1-9]\d?))\/env\/(0|[1-9]\d{0,2})$/u;

/**
 * One of the two variables of Felix that the guide sets, as an element of its container's `env`: put behind all others,
 * or its value replaced. No plan and no record can bring another name or value.
 */
export const variableChange = z.union(
  udpVariables.map(({ name, value, accepted }) =>
    z.strictObject({
      path: z.string().regex(place),
      from: z.strictObject({ name: z.literal(name), value: z.string().regex(accepted) }).nullable(),
      to: z.strictObject({ name: z.literal(name), value: z.literal(value) }),
    }),
  ),
);

export function isVariable({ path }: Pick<FieldChange, 'path'>): boolean {
  return place.test(path);
}

interface VariablesAction extends Pick<ClusterActionBase, 'disrupts'> {
  readonly object: ObjectReference;
  readonly changes: readonly FieldChange[];
}

/** Whether it is Calico's DaemonSet, each variable once, in one container; new pods are always part of it. Pure. */
export function isOfCalicoNode({ object, changes, disrupts }: VariablesAction): boolean {
  const { group, version, resource, kind, namespace = '', name } = object;
  const isOnce = (all: readonly string[]): boolean => new Set(all).size === all.length;
  return (
    disrupts === 'restart' &&
    `${group}/${version}/${resource}/${kind}/${name}` === `apps/v1/daemonsets/DaemonSet/${calicoNode}` &&
    calicoNamespaces.includes(namespace) &&
    isOnce(changes.map(({ path }) => path)) &&
    isOnce(changes.map(({ to }) => nameOf(to))) &&
    new Set(changes.map(({ path }) => placeOf(path)?.container)).size === 1 &&
    addedAt(changes).every((index, at, all) => index === (all[0] ?? 0) + at)
  );
}

/** What the container of a variable has to be called still; undefined for a field that is none. */
export function containerTest({ path }: Pick<FieldChange, 'path'>): { path: string; value: string } | undefined {
  const found = placeOf(path);
  return found && { path: `${found.container}/name`, value: calicoNode };
}

/**
 * Whether the object still has that container, and, before the change, whether its list still ends where the first new
 * variable is to stand: one that somebody took out of it has moved all others. Pure.
 */
export function hasVariablePlaces(changes: readonly FieldChange[], now: JsonObject, at: 'before' | 'after'): boolean {
  const found = placeOf(changes[0]?.path ?? '');
  if (found === undefined) return true;
  if (valueAt(now, `${found.container}/name`) !== calicoNode) return false;
  const [next] = addedAt(changes);
  const variables = valueAt(now, `${found.container}/env`);
  return at === 'after' || next === undefined || (Array.isArray(variables) && variables.length === next);
}

/** Positions of those that are put behind the others. */
function addedAt(changes: readonly FieldChange[]): readonly number[] {
  return changes.filter(({ from }) => from === null).flatMap(({ path }) => placeOf(path)?.index ?? []);
}

interface VariablePlace {
  /** JSON pointer of the container. */
  readonly container: string;
  readonly index: number;
}

function placeOf(path: string): VariablePlace | undefined {
  const [, container, index] = place.exec(path) ?? [];
  return container === undefined ? undefined : { container, index: Number(index) };
}

function nameOf(variable: Json): string {
  return text((variable as JsonObject)['name']);
}
