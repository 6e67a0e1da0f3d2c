import type { Label } from '../../src/messages/label.ts';
import type { Runtime } from '../testbed-plan.ts';

/**
 * What was really wrong, by how it was brought about: the label is the fact, whatever the classifier says. A pod stands
 * for one cause, so that what is said of the pod as a whole has one label; its containers are ways to meet it.
 */
export interface Scenario {
  /** Name of the pod, and of the scenario. */
  readonly name: string;
  readonly label: Label | Readonly<Record<Runtime, Label>>;
  /**
   * Images that cannot be had, one container each. Not more than five: the API server's clients drop a pod's events
   * after 25 (client-go, tools/record).
   */
  readonly images: readonly string[];
  /** Default: all. */
  readonly runtimes?: readonly Runtime[];
  /** Name of the pull secret. */
  readonly secret?: string;
  /** Default: the node's. */
  readonly ownNetwork?: true;
  /** Its parts beside the images, as a pod has them. */
  readonly pod?: PodParts;
  /**
   * What can be told of a message that names no image, where the name is what tells it: dockerd's words are often
   * without one.
   */
  readonly unnamed?: Label;
  /** The image's name alone tells the cause: so does "Back-off pulling image". */
  readonly byName?: true;
  /**
   * Seconds that the runtime takes to give up; default a few. What is slow is recorded, and not waited for in the
   * suite.
   */
  readonly slow?: number;
}

interface PodParts {
  /** Default: Never, which is less work. */
  readonly restartPolicy?: 'Always';
  readonly volumes?: readonly object[];
  /** Added to each container. */
  readonly container?: object;
}

/** What every node has, so that nothing is pulled. */
const box = 'docker.io/library/box:1';
const noDigest = `sha256:${'0'.repeat(64)}`;

/**
 * Of a registry that wants a password containerd 2 says "pull access denied … may require authorization"; 1.6 passes
 * its 401 on, and dockerd says that it has none.
 */
const withoutCredentials = {
  containerd: 'auth-required',
  containerd2: 'auth-or-missing',
  docker: 'auth-required',
} as const;

/** dockerd says "pull access denied" wherever a registry answers DENIED. */
const deniedByRegistry = {
  containerd: 'auth-required',
  containerd2: 'auth-required',
  docker: 'auth-or-missing',
} as const;

/** All at once, on a node that is well but for its pods' network. */
export const scenarios: readonly Scenario[] = [
  {
    name: 'hub-limit',
    label: 'dockerhub-rate-limit',
    images: ['limited/web:1', 'docker.io/limited/api:2.0', 'limited:1', 'index.docker.io/limited/db:3'],
  },
  {
    name: 'hub-account-limit',
    label: 'dockerhub-rate-limit',
    images: ['account/web:1', 'docker.io/account/api:2.0'],
    secret: 'hub-account',
  },
  // dockerd says "unauthorized: authentication required" of a token that is refused with 429: the text does not tell
  // what is wrong.
  {
    name: 'hub-tokens',
    label: 'dockerhub-rate-limit',
    images: ['tokens/web:1', 'docker.io/tokens/api:2.0'],
    runtimes: ['containerd', 'containerd2'],
  },
  // What has nothing but its status: whose limit it is, is told by the name alone.
  {
    name: 'hub-abuse',
    label: 'dockerhub-rate-limit',
    images: ['abuse/web:1', 'docker.io/abuse/api:2.0'],
    unnamed: 'other',
  },
  {
    name: 'other-limit',
    label: 'other-registry-rate-limit',
    images: ['ghcr.io/busy/web:1', 'public.ecr.aws/busy/api:2', 'ghcr.io/busy/cache:4.1'],
  },
  {
    name: 'busy-page',
    label: 'other-registry-rate-limit',
    images: ['busy.test/db:1', 'busy.test/team/cache:4.1'],
    unnamed: 'other',
  },
  {
    name: 'closed-port',
    label: 'network-unreachable',
    images: ['closed.test:5001/web:1', 'closed.test:5001/team/api:2', `closed.test:5001/db@${noDigest}`],
  },
  { name: 'hangs-up', label: 'network-unreachable', images: ['reset.test:5002/web:1', 'reset.test:5002/team/api:2'] },
  { name: 'lost', label: 'network-unreachable', images: ['lost.test/web:1'], slow: 45 },
  { name: 'no-handshake', label: 'network-unreachable', images: ['silent.test:5003/web:1'], slow: 30 },
  {
    name: 'no-such-host',
    label: 'dns',
    images: ['nowhere.example/web:1', 'registry.nowhere.example:5000/team/api:2', `nohost.example/db@${noDigest}`],
  },
  {
    name: 'name-server-fails',
    label: 'dns',
    images: ['servfail.example/web:1', 'servfail-two.example:5000/team/api:2'],
  },
  { name: 'name-server-silent', label: 'dns', images: ['silent-dns.example/web:1'], slow: 45 },
  { name: 'retired-name-gone', label: 'dns', images: ['harbor-kr1.cloud.toastoven.net/container_service/web:1'] },
  { name: 'unknown-authority', label: 'tls', images: ['unknown-ca.test/web:1', 'unknown-ca.test/team/api:2'] },
  { name: 'wrong-name', label: 'tls', images: ['wrong-name.test/web:1', 'wrong-name.test/team/api:2'] },
  { name: 'expired', label: 'tls', images: ['expired.test/web:1', 'early.test/team/api:2'] },
  { name: 'plain-http', label: 'tls', images: ['plain.test:5080/web:1', 'plain.test:5080/team/api:2'] },
  {
    name: 'missing',
    label: 'not-found',
    images: ['mirror.test/box:gone', 'mirror.test/nothing/web:1', 'mirror.test/team/app:2.0-rc.1'],
  },
  {
    name: 'no-password',
    label: withoutCredentials,
    images: ['upstream.test/secret/web:1', 'upstream.test/secret/api:2'],
  },
  {
    name: 'wrong-password',
    label: 'auth-required',
    images: ['upstream.test/locked/web:1', 'upstream.test/locked/api:2'],
    secret: 'wrong',
  },
  {
    name: 'hub-private',
    label: 'auth-or-missing',
    images: ['private/web:1', 'docker.io/private/api:2', 'nonesuch:1', 'docker.io/nonesuch/db:1'],
  },
  {
    name: 'hub-wrong-password',
    label: 'auth-required',
    images: ['locked/web:1', 'docker.io/locked/api:2'],
    secret: 'hub-wrong',
  },
  { name: 'forbidden', label: deniedByRegistry, images: ['forbidden.test/web:1', 'forbidden.test/team/api:2'] },
  {
    name: 'forbidden-page',
    label: 'auth-required',
    images: ['forbidden-page.test/web:1', 'forbidden-page.test/team/api:2'],
  },
  {
    name: 'token-refused',
    label: 'auth-required',
    images: ['unauthorized.test/db:1', 'unauthorized.test/team/cache:2'],
  },
  {
    name: 'registry-ill',
    label: 'other',
    images: [
      'broken.test/web:1',
      'overloaded.test/api:2',
      'gateway.test/db:1',
      'overloaded.test/team/cache:2',
      `mirror.test/box@${noDigest}`,
    ],
  },
  { name: 'tampered', label: 'other', images: ['tampered.test/app:1'] },
  // containerd 1.6 and dockerd 20.10 still read schema 1, and dockerd says of a web page only that it is no JSON.
  {
    name: 'schema-1',
    label: 'unsupported-manifest',
    images: ['old.test/web:1', 'old.test/team/api:2'],
    runtimes: ['containerd2'],
  },
  {
    name: 'wrong-platform',
    label: 'unsupported-manifest',
    images: ['platform.test/web:1', 'platform.test/team/api:2'],
  },
  {
    name: 'web-page',
    label: 'unsupported-manifest',
    images: ['web.test/web:1', 'web.test/team/api:2'],
    runtimes: ['containerd', 'containerd2'],
  },
  {
    name: 'retired-github',
    label: 'retired-registry',
    images: ['docker.pkg.github.com/owner/repository/web:1', 'docker.pkg.github.com/team/repository/api:2'],
    byName: true,
    unnamed: 'auth-required',
  },
  {
    name: 'retired-github-gone',
    label: 'retired-registry',
    images: ['docker.pkg.github.com/gone/repository/api:2'],
    byName: true,
    unnamed: 'not-found',
  },
  {
    name: 'retired-google',
    label: 'retired-registry',
    unnamed: 'not-found',
    images: [
      'k8s.gcr.io/web:1',
      'k8s.gcr.io/team/api:2',
      'gcr.io/google_containers/db:1',
      'gcr.io/google-containers/cache:1',
    ],
  },
  {
    name: 'invalid-name',
    label: 'invalid-image-name',
    images: ['Web:1', 'mirror.test/Team/api:2', 'db:one:two', 'cache@sha256:123', 'https://mirror.test/box'],
  },
  {
    name: 'never-pulled',
    label: 'other',
    images: ['mirror.test/never/web:1', 'never-api:2'],
    pod: { container: { imagePullPolicy: 'Never' } },
  },
  { name: 'no-plugin', label: 'cni', images: [box], ownNetwork: true },
  {
    name: 'missing-secret',
    label: 'mount-or-volume',
    images: [box],
    pod: { volumes: [{ name: 'data', secret: { secretName: 'no-such-secret' } }] },
  },
  {
    name: 'missing-config-map',
    label: 'mount-or-volume',
    images: [box],
    pod: { volumes: [{ name: 'data', configMap: { name: 'no-such-map' } }] },
  },
  {
    name: 'wrong-host-path',
    label: 'mount-or-volume',
    images: [box],
    pod: { volumes: [{ name: 'data', hostPath: { path: '/etc/hostname', type: 'Directory' } }] },
  },
  {
    name: 'nfs',
    label: 'mount-or-volume',
    images: [box],
    pod: { volumes: [{ name: 'data', nfs: { server: 'nowhere.example', path: '/export' } }] },
  },
  {
    name: 'missing-variable',
    label: 'other',
    images: [box],
    pod: {
      container: {
        env: [{ name: 'PASSWORD', valueFrom: { secretKeyRef: { name: 'no-such-secret', key: 'password' } } }],
      },
    },
  },
  { name: 'missing-command', label: 'other', images: [box], pod: { container: { command: ['/no/such/program'] } } },
  {
    name: 'unhealthy',
    label: 'other',
    images: [box],
    pod: {
      container: {
        livenessProbe: { tcpSocket: { port: 1 }, periodSeconds: 1, failureThreshold: 1 },
        readinessProbe: { exec: { command: ['cat', '/no/such/file'] }, periodSeconds: 1 },
      },
    },
  },
  // Whether a container's end or that it was out of memory is told first is a race in the runtimes: it is tried again.
  {
    name: 'eats-memory',
    label: 'oom',
    images: [box],
    pod: {
      restartPolicy: 'Always',
      container: { command: ['sh', '-c', 'a=$(yes); echo "$a"'], resources: { limits: { memory: '16Mi' } } },
    },
  },
  {
    name: 'no-memory',
    label: 'oom',
    images: [box],
    pod: { container: { resources: { limits: { memory: '1Mi' } } } },
    slow: 15,
    runtimes: ['containerd', 'containerd2'],
  },
  { name: 'well-from-hub', label: 'other', images: ['echo:1'], secret: 'hub-paid' },
  { name: 'well', label: 'other', images: ['mirror.test/box:1', box] },
];

/** Without the sandbox image on the node. */
export const sandboxScenarios: readonly Scenario[] = [
  { name: 'no-sandbox-image', label: 'sandbox-image-missing', images: [box] },
];

/** With less room on the node's disk than the layer needs. */
export const diskScenarios: readonly Scenario[] = [
  { name: 'no-room', label: 'disk-full', images: ['sound.test/large:1'] },
];

export const allScenarios: readonly Scenario[] = [...scenarios, ...sandboxScenarios, ...diskScenarios];

/** Those of the suite. */
export const quickScenarios: readonly Scenario[] = allScenarios.filter(({ slow }) => slow === undefined);
