import type { Evidence, Seen } from '../../../../evidence/evidence.ts';
import { projectPullSecret } from '../../../../evidence/pull-secrets/project-pull-secret.ts';
import type { NamespacePullSecrets, PullSecret } from '../../../../evidence/pull-secrets/pull-secret.ts';
import { clusterWith, type SceneEvent, type ScenePod } from '../../testing/scene.ts';

const type = 'kubernetes.io/dockerconfigjson';
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const auth = base64('shop:pass');
const forbidden = { state: 'unknown', reason: 'forbidden', detail: 'secrets is forbidden' } as const;

/** The Secret as the API server sends it, read by the collector's own code. */
export function pullSecret(auths: unknown, ofType: string = type): PullSecret {
  return projectPullSecret({
    type: ofType,
    data: { '.dockerconfigjson': base64(typeof auths === 'string' ? auths : JSON.stringify({ auths })) },
  });
}

export const loginOf = (key: string): PullSecret => pullSecret({ [key]: { auth } });

/** A JSON Web Token that ended so many seconds after 1970. */
export function tokenUntil(exp: number): string {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'none' })}.${part({ exp })}.c2ln`;
}

export interface SecretScene {
  readonly image?: string;
  /** What the registry says to the pod; it runs without. */
  readonly says?: string;
  readonly pod?: Partial<ScenePod>;
  readonly secrets?: Readonly<Record<string, PullSecret | 'absent' | Seen<never>>>;
  /** Of the ServiceAccount `default`. */
  readonly attached?: readonly string[] | Seen<never>;
  readonly elsewhere?: readonly NamespacePullSecrets[];
  readonly events?: readonly SceneEvent[];
}

export const unauthorized = (image: string): string =>
  `failed to pull and unpack image "${image}": failed to resolve reference "${image}": unexpected status ` +
  'from HEAD request to https://registry.example.test/v2/: 401 Unauthorized';
/** containerd/containerd#11103 */
const insufficient =
  'failed to resolve reference "docker.io/shop/web:1": pull access denied, repository does not exist or ' +
  'may require authorization: server message: insufficient_scope: authorization failed';

/**
 * One workload of namespace shop whose pods name the Secret `regcred`, and the Secrets of that namespace as they were
 * read.
 */
export function secretScene({
  image = 'registry.example.test/shop/web:1',
  says,
  pod = {},
  secrets,
  attached = [],
  elsewhere = [],
  events = [],
}: SecretScene): Evidence {
  const waits =
    says === undefined
      ? {}
      : { waits: { reason: 'ImagePullBackOff', message: `Back-off pulling image "${image}": ErrImagePull: ${says}` } };
  const pods = [{ name: 'web-1', madeBy: 'web', image, pullSecrets: ['regcred'], ...waits, ...pod }];
  if (secrets === undefined) return clusterWith(pods, events);
  const shop: NamespacePullSecrets = {
    namespace: 'shop',
    serviceAccounts: Array.isArray(attached)
      ? { state: 'seen', value: [{ name: 'default', pullSecrets: attached as readonly string[] }] }
      : (attached as Seen<never>),
    secrets: Object.entries(secrets).map(([name, secret]) => ({
      name,
      secret: secret !== 'absent' && 'state' in secret ? secret : { state: 'seen', value: secret },
    })),
  };
  return clusterWith(pods, events, { pullSecrets: { state: 'seen', value: [...elsewhere, shop] } });
}

const tools: NamespacePullSecrets = {
  namespace: 'infra',
  serviceAccounts: { state: 'seen', value: [] },
  secrets: [{ name: 'regcred', secret: { state: 'seen', value: loginOf('registry.example.test') } }],
};
const waits = unauthorized('registry.example.test/shop/web:1');

/** The states that this part's fixtures are made of. */
export const secretScenes: Readonly<Record<string, Evidence>> = {
  'fail-secret-missing': secretScene({ says: waits, secrets: { regcred: 'absent' } }),
  'fail-secret-missing-elsewhere': secretScene({ says: waits, secrets: { regcred: 'absent' }, elsewhere: [tools] }),
  'fail-secret-not-retrieved': secretScene({
    says: waits,
    events: [
      {
        about: 'web-1',
        reason: 'FailedToRetrieveImagePullSecret',
        message: 'Unable to retrieve some image pull secrets (regcred); attempting to pull the image may not succeed.',
      },
    ],
  }),
  'fail-secret-wrong-type': secretScene({
    says: waits,
    secrets: { regcred: pullSecret({ 'registry.example.test': { auth } }, 'Opaque') },
  }),
  'fail-secret-broken-json': secretScene({ says: waits, secrets: { regcred: pullSecret('{"auths":') } }),
  'fail-secret-broken-auth': secretScene({
    says: waits,
    secrets: { regcred: pullSecret({ 'registry.example.test': { auth: 'shop:pass' } }) },
  }),
  'fail-secret-broken-empty': secretScene({ says: waits, secrets: { regcred: pullSecret('') } }),
  'fail-secret-expired': secretScene({
    says: waits,
    secrets: {
      regcred: pullSecret({ 'registry.example.test': { username: 'shop', password: tokenUntil(1_764_115_200) } }),
    },
  }),
  'warn-secret-expired': secretScene({
    secrets: {
      regcred: pullSecret({ 'registry.example.test': { username: 'shop', password: tokenUntil(1_764_115_200) } }),
    },
  }),
  'fail-secret-without-password': secretScene({
    says: waits,
    secrets: { regcred: pullSecret({ 'registry.example.test': { identitytoken: 'token' } }) },
  }),
  'fail-secret-wrong-key': secretScene({
    image: 'shop/web:1',
    says: insufficient,
    secrets: { regcred: loginOf('https://registry-1.docker.io/v2/') },
  }),
  'fail-secret-retired-key': secretScene({
    image: 'ghcr.io/shop/web/web:1',
    says: unauthorized('ghcr.io/shop/web/web:1'),
    secrets: { regcred: loginOf('docker.pkg.github.com') },
  }),
  'warn-secret-retired-key-alone': secretScene({ secrets: { regcred: loginOf('harbor-kr1.cloud.toastoven.net') } }),
  'fail-login-refused': secretScene({ says: waits, secrets: { regcred: loginOf('registry.example.test') } }),
  'fail-attached-later': secretScene({
    says: waits,
    pod: { pullSecrets: [] },
    secrets: { regcred: loginOf('registry.example.test') },
    attached: ['regcred'],
  }),
  'fail-no-login': secretScene({ says: waits, pod: { pullSecrets: [] }, secrets: {} }),
  'unknown-pull-secret-unknown': secretScene({ secrets: { regcred: forbidden } }),
  'unknown-pull-secrets-unknown': withoutPullSecrets(secretScene({})),
  'unknown-service-accounts-unknown': secretScene({
    secrets: { regcred: loginOf('registry.example.test') },
    attached: forbidden,
  }),
};

/** Namespaces were named for it, and nothing of them could be read. */
function withoutPullSecrets(evidence: Evidence): Evidence {
  if (evidence.cluster.state !== 'seen') throw new Error('a scene has a cluster');
  return { ...evidence, cluster: { state: 'seen', value: { ...evidence.cluster.value, pullSecrets: forbidden } } };
}
