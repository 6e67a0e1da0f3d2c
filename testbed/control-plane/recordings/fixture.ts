import type { JsonObject, KubernetesApi } from '../../../src/kubernetes/api.ts';
import type { RecordedRequest } from '../../../src/kubernetes/testing/recording.ts';
import type { ControlPlane } from '../control-plane.ts';

/** What a recording has to work with. */
export interface Fixture {
  readonly plane: ControlPlane;
  /** Direct access, not recorded: to prepare the cluster. */
  readonly admin: KubernetesApi;
  /** The client under test, through the relay; everything it asks is recorded. `stranger` has a token nobody knows. */
  readonly client: (user: string) => KubernetesApi;
  /** Forgets what was recorded so far, when a server had to be asked several times until it did what is wanted. */
  readonly startAgain: () => void;
  /** The statuses recorded so far. */
  readonly statuses: () => readonly number[];
  /** Runs before each recorded request reaches the server. */
  readonly beforeRequest: (hook: (request: RecordedRequest) => Promise<void>) => void;
}

/** One file of `src/kubernetes/fixtures/recorded/`. */
export interface RecordingPlan {
  readonly name: string;
  readonly run: (fixture: Fixture) => Promise<void>;
}

export const raw = (object: JsonObject): JsonObject => object;

/** Runs something that must be refused; its error is the client's to test, not ours. */
export async function refused(call: Promise<unknown>): Promise<void> {
  const error: unknown = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error === undefined) throw new Error('the server accepted what it should refuse');
}

export async function createNamespace({ admin }: Fixture, name: string, labels: JsonObject = {}): Promise<void> {
  await admin.create('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } }, raw);
  // Made by the controller manager in a whole cluster; pods need it.
  await admin.create(
    `/api/v1/namespaces/${name}/serviceaccounts`,
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default' } },
    raw,
  );
}

export async function createNode({ admin }: Fixture, name: string, labels: JsonObject = {}): Promise<void> {
  await admin.create('/api/v1/nodes', { apiVersion: 'v1', kind: 'Node', metadata: { name, labels } }, raw);
}
