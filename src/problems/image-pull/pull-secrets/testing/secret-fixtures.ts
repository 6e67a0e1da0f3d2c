import type { Evidence, Observed } from '../../../../evidence/evidence.ts';
import { projectPullSecret } from '../../../../evidence/pull-secrets/project-pull-secret.ts';
import type { NamespacePullSecrets, PullSecret } from '../../../../evidence/pull-secrets/pull-secret.ts';
import { clusterWith, type FixtureEvent, type FixturePod } from '../../testing/fixture.ts';

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

export interface SecretFixture {
  readonly image?: string;
  /** What the registry says to the pod; it runs without. */
  readonly says?: string;
  readonly pod?: Partial<FixturePod>;
  readonly secrets?: Readonly<Record<string, PullSecret | 'absent' | Observed<never>>>;
  /** Of the ServiceAccount `default`. */
  readonly attached?: readonly string[] | Observed<never>;
  readonly elsewhere?: readonly NamespacePullSecrets[];
  readonly events?: readonly FixtureEvent[];
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
export function secretFixture({
  image = 'registry.example.test/shop/web:1',
  says,
  pod = {},
  secrets,
  attached = [],
  elsewhere = [],
  events = [],
}: SecretFixture): Evidence {
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
      : (attached as Observed<never>),
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
export const secretFixtures: Readonly<Record<string, Evidence>> = {
  'fail-secret-missing': secretFixture({ says: waits, secrets: { regcred: 'absent' } }),
  'fail-secret-missing-elsewhere': secretFixture({ says: waits, secrets: { regcred: 'absent' }, elsewhere: [tools] }),
  'fail-secret-not-retrieved': secretFixture({
    says: waits,
    events: [
      {
        about: 'web-1',
        reason: 'FailedToRetrieveImagePullSecret',
        message: 'Unable to retrieve some image pull secrets (regcred); attempting to pull the image may not succeed.',
      },
    ],
  }),
  'fail-secret-wrong-type': secretFixture({
    says: waits,
    secrets: { regcred: pullSecret({ 'registry.example.test': { auth } }, 'Opaque') },
  }),
  'fail-secret-broken-json': secretFixture({ says: waits, secrets: { regcred: pullSecret('{"auths":') } }),
  'fail-secret-broken-auth': secretFixture({
    says: waits,
    secrets: { regcred: pullSecret({ 'registry.example.test': { auth: 'shop:pass' } }) },
  }),
  'fail-secret-broken-empty': secretFixture({ says: waits, secrets: { regcred: pullSecret('') } }),
  'fail-secret-expired': secretFixture({
    says: waits,
    secrets: {
      regcred: pullSecret({ 'registry.example.test': { username: 'shop', password: tokenUntil(1_764_115_200) } }),
    },
  }),
  'warn-secret-expired': secretFixture({
    secrets: {
      regcred: pullSecret({ 'registry.example.test': { username: 'shop', password: tokenUntil(1_764_115_200) } }),
    },
  }),
  'fail-secret-without-password': secretFixture({
    says: waits,
    secrets: { regcred: pullSecret({ 'registry.example.test': { identitytoken: 'token' } }) },
  }),
  'fail-secret-wrong-key': secretFixture({
    image: 'shop/web:1',
    says: insufficient,
    secrets: { regcred: loginOf('https://registry-1.docker.io/v2/') },
  }),
  'fail-secret-retired-key': secretFixture({
    image: 'ghcr.io/shop/web/web:1',
    says: unauthorized('ghcr.io/shop/web/web:1'),
    secrets: { regcred: loginOf('docker.pkg.github.com') },
  }),
  'warn-secret-retired-key-alone': secretFixture({ secrets: { regcred: loginOf('harbor-kr1.cloud.toastoven.net') } }),
  'fail-login-refused': secretFixture({ says: waits, secrets: { regcred: loginOf('registry.example.test') } }),
  'fail-attached-later': secretFixture({
    says: waits,
    pod: { pullSecrets: [] },
    secrets: { regcred: loginOf('registry.example.test') },
    attached: ['regcred'],
  }),
  'fail-no-login': secretFixture({ says: waits, pod: { pullSecrets: [] }, secrets: {} }),
  'unknown-pull-secret-unknown': secretFixture({ secrets: { regcred: forbidden } }),
  'unknown-pull-secrets-unknown': withoutPullSecrets(secretFixture({})),
  'unknown-service-accounts-unknown': secretFixture({
    secrets: { regcred: loginOf('registry.example.test') },
    attached: forbidden,
  }),
};

/** Namespaces were named for it, and nothing of them could be read. */
function withoutPullSecrets(evidence: Evidence): Evidence {
  if (evidence.cluster.state !== 'seen') throw new Error('a scene has a cluster');
  return { ...evidence, cluster: { state: 'seen', value: { ...evidence.cluster.value, pullSecrets: forbidden } } };
}
