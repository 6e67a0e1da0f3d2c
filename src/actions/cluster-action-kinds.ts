import type { z } from 'zod';
import type { ClusterActionKind } from './cluster-action.ts';
import { schemaOfKinds } from './kind-schema.ts';
import * as list from './kinds.ts';

type ObjectKind = Extract<(typeof list)[keyof typeof list], { on: 'object' }>;

/** An action on an object of the API, of any kind. */
export type ClusterActionSpec = Parameters<ObjectKind['apply']>[0];

type AnyKind = ClusterActionKind<ClusterActionSpec>;

/** The kinds of actions on objects. To be asked about actions of their own kind only. */
export const objectKinds = Object.values(list).filter(
  (kind) => kind.on === 'object',
) as readonly unknown[] as readonly AnyKind[];

const byName = new Map<string, AnyKind>(objectKinds.map((kind) => [kind.kind, kind]));

/** The kind that knows how to carry an action on an object out. To be asked about actions of that kind only. */
export function clusterActionKind(kind: ClusterActionSpec['kind']): AnyKind {
  return byName.get(kind) as AnyKind;
}

/** What an action on an object has to look like, in a plan file as in the record in the cluster. */
export const clusterActionSchema: z.ZodType<ClusterActionSpec> = schemaOfKinds(objectKinds.map(({ schema }) => schema));
