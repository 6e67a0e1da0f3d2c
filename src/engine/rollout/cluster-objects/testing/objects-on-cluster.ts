import { afterAll, beforeAll } from 'vitest';
import type { ClusterActionSpec } from '../../../../actions/cluster-action-kinds.ts';
import type { ObjectPatchAction } from '../../../../actions/object-patch/object-patch-action.ts';
import type { ObjectReference } from '../../../../actions/cluster-action.ts';
import { valueAt } from '../../../../actions/json-pointer.ts';
import { objectPath, readObject } from '../../../../actions/read-object.ts';
import type { Json, JsonObject } from '../../../../kubernetes/api.ts';
import type { Plan } from '../../../plan.ts';
import type { RunResult } from '../../../run.ts';
import { applyPlan } from '../../apply-plan.ts';
import type { RunDependencies } from '../../run-request.ts';
import {
  cronJob,
  makeWorkload,
  manifestOf,
  ownBinding,
  startObjectFixture,
  type ObjectFixture,
} from './object-fixture.ts';

type TwoActions = readonly [ObjectPatchAction, ReturnType<typeof manifestOf>];

/** What the tests of one file ask and change on the API server that they share. */
export interface ObjectsOnCluster {
  /** There from `beforeAll` on. */
  readonly fixture: ObjectFixture;
  /** A name that no other test has. */
  readonly fresh: () => string;
  readonly now: (object: ObjectReference) => Promise<JsonObject | undefined>;
  /** The fields that it changes, as they are. */
  readonly seen: (patch: ObjectPatchAction) => Promise<readonly (Json | undefined)[]>;
  /** The namespace that the binding of {@link twoActions} leaves out. */
  readonly excepted: (object: ObjectReference) => Promise<unknown>;
  readonly write: (object: ObjectReference, patch: JsonObject) => Promise<void>;
  /** @param dependencies of a machine that knows of no run, where nothing is given */
  readonly apply: (actions: readonly ClusterActionSpec[], dependencies?: RunDependencies) => Promise<RunResult>;
  readonly withoutAccess: () => RunDependencies;
  /** The plan of these actions, as a file that was brought to another machine. */
  readonly planFile: (actions: readonly ClusterActionSpec[]) => Promise<{ readonly plan: Plan; readonly file: string }>;
  /** A workload to change, and an object of our own to make. */
  readonly twoActions: () => Promise<TwoActions>;
}

/** To be called where a file of tests begins: starts an API server for it, and ends it. */
export function objectsOnCluster(): ObjectsOnCluster {
  let fixture: ObjectFixture;
  let count = 0;
  beforeAll(async () => {
    fixture = await startObjectFixture();
  });
  afterAll(() => fixture?.down());

  const fresh = (): string => `w${(count += 1)}`;
  const now = (object: ObjectReference): Promise<JsonObject | undefined> => readObject(object, fixture);
  return {
    get fixture(): ObjectFixture {
      return fixture;
    },
    fresh,
    now,
    seen: async ({ object, changes }) => {
      const raw = await now(object);
      return changes.map(({ path }) => raw && valueAt(raw, path));
    },
    excepted: async (object) =>
      valueAt((await now(object)) ?? {}, '/spec/matchResources/namespaceSelector/matchExpressions/0/values/1'),
    write: (object, patch) => fixture.api.patch(objectPath(object), patch, { type: 'merge', project: () => undefined }),
    apply: async (actions, dependencies = fixture.machine()) =>
      applyPlan({ ...dependencies, plan: await fixture.plan(actions) }),
    withoutAccess: () => {
      const { transport: _transport, ...dependencies } = fixture.machine();
      return dependencies;
    },
    planFile: async (actions) => ({ plan: await fixture.plan(actions), file: 'plan.json' }),
    twoActions: async () => {
      const name = fresh();
      return [await makeWorkload(fixture.api, cronJob(name)), manifestOf(name, 'absent', ownBinding(name, 'value'))];
    },
  };
}
