import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { serveFake, type ServedFake } from '../../../lab/api/testing/serve-fake.ts';
import type { KubeObject } from '../../../lab/api/objects.ts';
import type { Rule } from '../../../lab/api/roles.ts';
import { node, pod } from '../../../lab/api/testing/some-objects.ts';
import { previewImage } from '../../../testbed/fakes/docker-hub/serve-fake-hub.ts';
import { serveInternet, type FakeInternet } from '../../../testbed/fakes/docker-hub/serve-internet.ts';
import { runInProcess, type CommandEnd, type Surroundings } from '../testing/run-in-process.ts';

/** With pull secrets, against a fake of the API server and one of Docker Hub. */
const password = 'dckr_pat_Zq7-secret';
const hubKey = 'https://index.docker.io/v1/';

function pullSecret(namespace: string, name: string, login: object, key = hubKey): KubeObject {
  const config = JSON.stringify({ auths: { [key]: login } });
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { namespace, name },
    type: 'kubernetes.io/dockerconfigjson',
    data: { '.dockerconfigjson': Buffer.from(config).toString('base64') },
  };
}

function podWith(namespace: string, ...secrets: readonly string[]): KubeObject {
  return {
    ...pod(namespace, 'app-1'),
    spec: { nodeName: 'worker-1', imagePullSecrets: secrets.map((name) => ({ name })) },
  };
}

function defaultAccount(namespace: string, ...secrets: readonly string[]): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { namespace, name: 'default' },
    imagePullSecrets: secrets.map((name) => ({ name })),
  };
}

const kim = { username: 'kim', password };
const shop: readonly KubeObject[] = [
  podWith('web', 'hub'),
  pullSecret('web', 'hub', kim),
  pullSecret('web', 'unused', { username: 'nobody', password: 'never-asked' }),
  defaultAccount('ops', 'hub', 'stale', 'gone'),
  pullSecret('ops', 'hub', { auth: Buffer.from(`kim:${password}`).toString('base64') }),
  pullSecret('ops', 'stale', { username: 'lee', password: 'withdr4wn' }),
];

interface Fixture {
  readonly internet: FakeInternet;
  readonly cluster: ServedFake;
  readonly run: (argv: readonly string[], surroundings?: Surroundings) => Promise<CommandEnd>;
}

async function fixture(objects: readonly KubeObject[], rules?: readonly Rule[]): Promise<Fixture> {
  const accounts = [{ user: 'kim', password, limit: 200 }];
  const internet = await serveInternet(['registry-1.docker.io', 'auth.docker.io'], {
    images: [previewImage],
    realm: () => 'https://auth.docker.io/token',
    accounts,
  });
  const cluster = await serveFake(objects, rules);
  const environment = { ...internet.environment, NO_PROXY: '127.0.0.1' };
  const user = rules ? 'reader' : 'admin';
  return {
    internet,
    cluster,
    run: (argv, more = {}) =>
      runInProcess(['rate-limit', '--kubeconfig', cluster.kubeconfig(user), ...argv], { environment, ...more }),
  };
}

const squeezed = (text: string): string => text.replaceAll(/ +/gu, ' ').replaceAll(/\n +/gu, ' ');

test('an account is asked as once, for all the secrets that hold it; a wrong password is told with its secret', async () => {
  const { internet, run } = await fixture(shop);
  for (let count = 0; count < 60; count++) internet.hub.pulls.pull({ source: 'kim', limit: 200 });
  const { code, data, notes } = await run(['--use-secrets', 'web,ops', '--yes']);

  expect(squeezed(data)).toBe(
    'COUNTED AS LEFT WINDOW ASKED FROM\n127.0.0.1 100 / 100 6 h this machine\naccount *** 140 / 200 6 h secrets ops/hub, web/hub\n\n' +
      ('FAIL docker.io rejected the login of ops/stale: the password is wrong or was revoked. [REGISTRY_LOGIN_REFUSED] Create a ' +
        'new access token for the account and add it to the pull secret. Until then, pods that use it cannot pull ' +
        'private images.\n'),
  );
  expect(squeezed(notes)).toContain(
    'their logins are sent to auth.docker.io, over TLS and only from this machine: web/hub, ops/hub, ops/stale',
  );
  expect(code).toBe(3);
  expect(internet.hub.pulls.counted().get('kim')).toBe(60);
  // Each once, and nobody whom no pod names.
  expect(internet.hub.logins).toEqual(['kim', 'lee']);
});

test('no password, and no name, is in anything that is printed', async () => {
  const { run } = await fixture(shop);
  const ends = await Promise.all(
    [['-o', 'json'], []].map((output) => run(['--use-secrets', 'web,ops', '--yes', ...output])),
  );
  const whole = ends.map(({ data, notes }) => data + notes).join('\n');

  expect(whole).toContain('ops/stale');
  for (const secret of [
    password,
    'withdr4wn',
    'kim',
    'lee',
    'nobody',
    Buffer.from(`kim:${password}`).toString('base64'),
  ])
    expect(whole).not.toContain(secret);
  expect(JSON.parse(ends[0]!.data)).toEqual({
    schema: 'nodemend.dev/rate-limit/v1',
    groups: [
      {
        source: '127.0.0.1',
        sourceKind: 'address',
        limit: 100,
        remaining: 100,
        windowSeconds: 21_600,
        here: true,
        nodes: [],
        secrets: [],
        pulls: null,
      },
      {
        source: '***',
        sourceKind: 'account',
        limit: 200,
        remaining: 200,
        windowSeconds: 21_600,
        here: false,
        nodes: [],
        secrets: ['ops/hub', 'web/hub'],
        pulls: null,
      },
    ],
    refused: [],
    denied: [
      {
        node: null,
        secrets: ['ops/stale'],
        code: 'REGISTRY_LOGIN_REFUSED',
        detail: 'docker.io rejected the login of ops/stale: the password is wrong or was revoked.',
      },
    ],
    unknown: [],
    pulls: null,
    whatIf: null,
    changes: null,
    shared: [],
    tiers: [],
  });
});

test('without a terminal, and without --yes, no login is sent', async () => {
  const { internet, run } = await fixture(shop);
  const { error, data } = await run(['--use-secrets', 'web']);

  expect(error).toMatchObject({
    code: 'APPROVAL_MISSING',
    params: {
      context: 'login',
      command: expect.stringMatching(/^nodemend rate-limit --kubeconfig \S+ --use-secrets web --yes$/u) as string,
    },
  });
  expect(data).toBe('');
  // The token server is the only place where a login would go: nobody came there with one.
  expect(internet.hub.logins).toEqual([]);
});

describe('saved as a bundle, and told again', () => {
  const rollout: KubeObject = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { namespace: 'web', name: 'app' },
    spec: {
      replicas: 2,
      template: {
        spec: {
          containers: [{ name: 'c', image: 'team/app:2', imagePullPolicy: 'IfNotPresent' }],
          imagePullSecrets: [{ name: 'hub' }],
        },
      },
    },
  };
  const pulled: KubeObject = {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { namespace: 'web', name: 'pulled' },
    reason: 'Pulled',
    type: 'Normal',
    involvedObject: { kind: 'Pod', namespace: 'web', name: 'app-1' },
    source: { component: 'kubelet', host: 'worker-1' },
    message: 'Successfully pulled image "docker.io/team/app:1" in 1.2s (1.2s including waiting).',
    firstTimestamp: new Date(Date.now() - 1_200_000).toISOString(),
    lastTimestamp: new Date(Date.now() - 1_200_000).toISOString(),
  };
  const asked = ['--use-secrets', 'web,ops', '--pulls', '--what-if', 'deployment/app=3', '-n', 'web'];

  function bundlePath(): string {
    const folder = mkdtempSync(join(tmpdir(), 'nodemend-rate-limit-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    return join(folder, 'limit.json');
  }

  test('the same table, the same document and the same exit code, of accounts, pulls and rollouts', async () => {
    const { internet, run } = await fixture([...shop, node('worker-1'), rollout, pulled]);
    const bundle = bundlePath();
    const seen = await run([...asked, '--yes', '--save-bundle', bundle]);
    expect(seen.data).toContain('secrets ops/hub, web/hub');
    expect(seen.data).toContain('deployment/app');
    const again = (...more: readonly string[]): Promise<CommandEnd> =>
      runInProcess(['rate-limit', '--bundle', bundle, ...more]);

    const requests = internet.asked.length;
    const told = await again();
    expect(told.data).toBe(seen.data);
    expect(told.code).toBe(seen.code);
    expect(internet.asked).toHaveLength(requests);
    expect(told.notes).toBe(
      'Nodes were not checked and may count under another address. To check them, add --via ssh.\n',
    );
    expect(JSON.parse((await again('-o', 'json')).data)).toMatchObject({
      groups: [{ here: true }, { source: '***', pulls: { seen: 1 } }],
      denied: [{ secrets: ['ops/stale'] }],
      whatIf: [{ name: 'app', costs: [{ secrets: ['ops/hub', 'web/hub'], pulls: 1 }] }],
    });
  });

  test('no login, no token and no user’s name is in it, and nobody takes it for a clean bill', async () => {
    const { internet, run } = await fixture([...shop, node('worker-1'), rollout, pulled]);
    const bundle = bundlePath();
    await run([...asked, '--yes', '--save-bundle', bundle]);
    const text = readFileSync(bundle, 'utf8');

    expect(internet.hub.logins).toEqual(['kim', 'lee']);
    for (const secret of [
      password,
      'withdr4wn',
      'kim',
      'lee',
      'never-asked',
      Buffer.from(`kim:${password}`).toString('base64'),
    ])
      expect(text).not.toContain(secret);
    expect((await runInProcess(['diagnose', '--bundle', bundle])).error).toMatchObject({
      code: 'BUNDLE_WITHOUT_PROBLEM',
      params: { held: 'rate-limit' },
    });
  });

  test.each([
    ['a bundle of problems', 'examples/sick-cluster.json', [], { code: 'BUNDLE_WITHOUT_PROBLEM' }],
    ['what a bundle leaves without effect', 'x.json', ['--pulls'], { code: 'USAGE' }],
  ])('%s is refused', async (_name, bundle, more, error) => {
    const file = join(import.meta.dirname, '../../..', bundle);

    expect((await runInProcess(['rate-limit', '--bundle', file, ...more])).error).toMatchObject(error);
  });
});

describe('what cannot be read is unknown, with what would help', () => {
  const get = (resource: string, namespaces: readonly string[]): Rule => ({
    groups: [''],
    resources: [resource],
    verbs: ['get', 'list'],
    namespaces,
  });

  test('without the role', async () => {
    const { run } = await fixture(shop, [
      get('pods', ['web', 'ops']),
      get('serviceaccounts', ['web']),
      get('secrets', ['web']),
    ]);
    const { code, data } = await run(['--use-secrets', 'web,ops', '--yes', '-o', 'json']);

    expect(code).toBe(5);
    expect(JSON.parse(data)).toMatchObject({
      groups: [{ here: true }, { secrets: ['web/hub'] }],
      unknown: [
        {
          secrets: [],
          code: 'SECRETS_FORBIDDEN',
          detail: 'reader cannot list serviceaccounts in namespace ops (403).',
        },
      ],
    });
  });

  test('to list is not to read', async () => {
    const { run } = await fixture(shop, [get('pods', ['web']), get('serviceaccounts', ['web'])]);
    const { code, data } = await run(['--use-secrets', 'web', '--yes']);

    expect(code).toBe(5);
    expect(squeezed(data)).toContain(
      'UNKNOWN reader cannot get secrets in namespace web (403). [SECRETS_FORBIDDEN] Read the warning in ' +
        'deploy/nodemend-read-secrets.yaml, then apply the role to web and bind it there.\n',
    );
  });

  test.each([
    [
      'not JSON',
      { '.dockerconfigjson': Buffer.from('{').toString('base64') },
      'kubernetes.io/dockerconfigjson',
      'is not JSON',
    ],
    ['empty', {}, 'kubernetes.io/dockerconfigjson', 'is empty'],
    [
      'of another shape',
      { '.dockercfg': Buffer.from('[]').toString('base64') },
      'kubernetes.io/dockercfg',
      'is not a Docker configuration',
    ],
    ['of another type', { username: '' }, 'Opaque', 'has a type that kubelet ignores'],
    [
      'without a colon',
      { '.dockercfg': Buffer.from('{"a":{"auth":"YQ=="}}').toString('base64') },
      'kubernetes.io/dockercfg',
      undefined,
    ],
  ])('a secret that is %s', async (_name, data, type, words) => {
    const { run } = await fixture([
      podWith('web', 'hub'),
      { apiVersion: 'v1', kind: 'Secret', metadata: { namespace: 'web', name: 'hub' }, type, data },
    ]);
    const end = await run(['--use-secrets', 'web', '-o', 'json']);

    expect(end.code).toBe(5);
    expect(JSON.parse(end.data)).toMatchObject({
      unknown: [
        {
          code: 'PULL_SECRET_INVALID',
          detail:
            words === undefined
              ? 'No login can be read from the pull secret web/hub.'
              : `The pull secret web/hub ${words}.`,
        },
      ],
    });
    expect(end.notes).toContain('No pull secret with a login for docker.io found in: web\n');
  });

  test('a registry that asks for no login gets none', async () => {
    const { internet, run } = await fixture(shop);
    internet.hub.abuse = true;
    const { code, data } = await run(['--use-secrets', 'web', '-o', 'json']);

    expect(code).toBe(3);
    expect(JSON.parse(data)).toMatchObject({
      refused: [{ node: null, secrets: null }],
      unknown: [{ secrets: ['web/hub'], code: 'REGISTRY_WANTS_NO_LOGIN' }],
    });
  });
});

test.each([
  ['what is not a namespace', ['--use-secrets', 'Web'], { context: 'namespace', value: 'Web' }],
  ['an approval of nothing', ['--yes'], { context: 'needs', typed: '--yes', other: '--use-secrets' }],
  ['a login without TLS', ['--use-secrets', 'web', '--plain-http'], { context: 'conflict' }],
  ['secrets without an API server', ['--use-secrets', 'web', '--hosts', 'x'], { context: 'conflict' }],
])('%s is refused before anybody is asked', async (_name, argv, params) => {
  expect((await runInProcess(['rate-limit', ...argv])).error).toMatchObject({ code: 'USAGE', params });
});
