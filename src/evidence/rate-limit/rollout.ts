/** A rollout that is asked about. */
export interface Rollout {
  readonly kind: 'deployment' | 'statefulset' | 'daemonset';
  readonly name: string;
  /** Pods that it would have; as many as it has now when nothing is said. A DaemonSet has one on each node. */
  readonly replicas?: number;
}

/** As kubectl takes them. */
const kinds: ReadonlyMap<string, Rollout['kind']> = new Map([
  ...['deployment', 'deployments', 'deploy'].map((word) => [word, 'deployment'] as const),
  ...['statefulset', 'statefulsets', 'sts'].map((word) => [word, 'statefulset'] as const),
  ...['daemonset', 'daemonsets', 'ds'].map((word) => [word, 'daemonset'] as const),
]);

const form = /^([a-z]+)\/([a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?)(?:=(\d{1,7}))?$/u;

/** `deployment/x=50`, `statefulset/y`, `daemonset/z`; undefined for what is none of them. */
export function parseRollout(text: string): Rollout | undefined {
  const [, word = '', name = '', replicas] = form.exec(text) ?? [];
  const kind = kinds.get(word);
  if (kind === undefined || (kind === 'daemonset' && replicas !== undefined)) return undefined;
  return { kind, name, ...(replicas === undefined ? {} : { replicas: Number(replicas) }) };
}
