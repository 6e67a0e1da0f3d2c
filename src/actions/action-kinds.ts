import type { z } from 'zod';
import type { ActionKind } from './action.ts';
import { schemaOfKinds } from './kind-schema.ts';
import * as list from './kinds.ts';

type NodeKind = Extract<(typeof list)[keyof typeof list], { on: 'node' }>;

/** An action on a node, of any kind. */
export type ActionSpec = Parameters<NodeKind['apply']>[0];

/** The same as a node's record holds it: without what only its apply needs. */
export type StoredAction = Parameters<NodeKind['undo']>[0];

type AnyKind = ActionKind<ActionSpec, StoredAction>;

/** The kinds of actions on nodes. To be asked about actions of their own kind only. */
export const nodeKinds = Object.values(list).filter(
  (kind) => kind.on === 'node',
) as readonly unknown[] as readonly AnyKind[];

const byName = new Map<string, AnyKind>(nodeKinds.map((kind) => [kind.kind, kind]));

/** The kind that knows how to carry an action out. To be asked about actions of that kind only. */
export function actionKind(kind: ActionSpec['kind']): AnyKind {
  return byName.get(kind) as AnyKind;
}

/** What an action in a plan file has to look like. */
export const actionSchema: z.ZodType<ActionSpec> = schemaOfKinds(nodeKinds.map(({ schema }) => schema));

/** What an action in a node's record has to look like. */
export const storedActionSchema: z.ZodType<StoredAction> = schemaOfKinds(nodeKinds.map(({ stored }) => stored.schema));
