import type { Runtime } from '../testbed-plan.ts';
import type { Scenario } from './scenarios.ts';

/** `hub-limit.containerd-1`: the pod of a scenario on a node. */
export function podName({ name }: Scenario, node: string): string {
  return `${name}.${node}`;
}

/** Those that a node with a runtime can have. */
export function scenariosOf(scenarios: readonly Scenario[], runtime: Runtime): readonly Scenario[] {
  return scenarios.filter(({ runtimes }) => runtimes?.includes(runtime) !== false);
}

/** A pod that is bound to its node: the scheduler would keep it from one under pressure. */
export function scenarioPod(scenario: Scenario, node: string): object {
  const { images, secret, ownNetwork = false, pod = {} } = scenario;
  const mounts = (pod.volumes ?? []).map((volume) => ({
    name: (volume as { readonly name: string }).name,
    mountPath: '/data',
  }));
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: podName(scenario, node) },
    spec: {
      nodeName: node,
      restartPolicy: pod.restartPolicy ?? 'Never',
      // Without a network of its own a pod starts in half the time.
      hostNetwork: !ownNetwork,
      automountServiceAccountToken: false,
      terminationGracePeriodSeconds: 0,
      ...(secret === undefined ? {} : { imagePullSecrets: [{ name: secret }] }),
      ...(pod.volumes === undefined ? {} : { volumes: pod.volumes }),
      containers: images.map((image, index) => ({
        name: `c${index + 1}`,
        image,
        imagePullPolicy: image === 'docker.io/library/box:1' ? 'IfNotPresent' : 'Always',
        volumeMounts: mounts,
        ...pod.container,
      })),
    },
  };
}

/** A pod that never runs and names these pull secrets. */
export function secretsPod(node: string, secrets: readonly PullSecret[]): object {
  const imagePullSecrets = secrets.map(({ metadata }) => ({ name: metadata.name }));
  const spec = {
    nodeName: node,
    hostNetwork: true,
    automountServiceAccountToken: false,
    imagePullSecrets,
    containers: [{ name: 'c1', image: 'Not an image' }],
  };
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name: `secrets.${node}` }, spec };
}

interface PullSecret {
  readonly metadata: { readonly name: string };
  readonly [field: string]: unknown;
}

/** A pull secret, as `kubectl create secret docker-registry` makes it. */
export function pullSecret(name: string, registry: string, login: string): PullSecret {
  const config = JSON.stringify({ auths: { [registry]: { auth: Buffer.from(login).toString('base64') } } });
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name },
    type: 'kubernetes.io/dockerconfigjson',
    stringData: { '.dockerconfigjson': config },
  };
}
