import { execFile, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { walkthrough } from '../../../test/end-to-end/walkthrough.ts';
import { startControlPlane, type ControlPlane } from '../../../testbed/control-plane/control-plane.ts';
import { startDaemon, type Daemon } from '../../../testbed/control-plane/daemon.ts';
import { serveFakeHub } from '../../../testbed/fakes/docker-hub/serve-fake-hub.ts';
import { serveInternet, type FakeInternet } from '../../../testbed/fakes/docker-hub/serve-internet.ts';
import { findPrograms } from '../../../testbed/programs.ts';
import type { PullSecretAction } from '../../actions/pull-secret/pull-secret-action.ts';
import { pullSecretKind } from '../../actions/pull-secret/pull-secret.ts';
import { runInProcess, type CommandEnd } from '../../cli/testing/run-in-process.ts';
import { isNodemendError, NodemendError } from '../../errors/nodemend-error.ts';
import { openKubernetes } from '../../kubernetes/open-kubernetes.ts';
import { fixedTiming } from '../../kubernetes/testing/fixed-timing.ts';
import { observeNamespaces } from './observe-namespaces.ts';
import { planPullSecret } from './plan-pull-secret.ts';

/** A real API server and controller manager; the registry that takes logins is a fake, under a real name. */
let plane: ControlPlane;
let manager: Daemon;
let kubectlProgram: string;
const folder = mkdtempSync(join(tmpdir(), 'nodemend-pull-secret-'));
const state = join(folder, 'state');
const account = { user: 'kim', password: 'c0rrect-horse+battery/staple=', limit: 200 };
const json = 'kubernetes.io/dockerconfigjson';

beforeAll(async () => {
  const {
    etcd,
    apiserver,
    kubectl: program,
    controllerManager,
  } = await findPrograms({ environment: process.env, docker: 'none', containerd2: false, report: () => undefined });
  kubectlProgram = program;
  plane = await startControlPlane({ binaries: { etcd, apiserver }, users: ['kim'] });
  const flags = [
    `--kubeconfig=${plane.kubeconfig('admin')}`,
    '--leader-elect=false',
    '--secure-port=0',
    '--use-service-account-credentials=false',
  ];
  manager = startDaemon({
    name: 'kube-controller-manager',
    program: controllerManager,
    args: flags,
    logFile: join(folder, 'controller-manager.log'),
  });
  for (const namespace of ['nodemend', 'nodemend-runs', 'shop', 'bank', 'tools'])
    await kubectl('create', 'namespace', namespace);
  for (const namespace of ['shop', 'bank', 'tools'])
    await kubectl('-n', namespace, 'wait', '--for=create', 'serviceaccount/default', '--timeout=60s');
  await apply({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: 'worker-1' },
    spec: { taints: [{ key: 'nobody', effect: 'NoSchedule' }] },
  });
  mkdirSync(join(folder, 'bin'));
  program_(
    'docker-credential-practice',
    `read -r server || true\nprintf '{"ServerURL":"%s","Username":"${account.user}","Secret":"${account.password}"}' "$server"`,
  );
  program_('docker-credential-empty', `echo 'credentials not found in native keychain'\nexit 1`);
}, 120_000);
afterAll(async () => {
  await manager?.stop();
  await plane?.stop();
  rmSync(folder, { recursive: true, force: true });
});

function program_(name: string, body: string): void {
  writeFileSync(join(folder, 'bin', name), `#!/bin/sh\n${body}\n`);
  chmodSync(join(folder, 'bin', name), 0o755);
}

async function kubectl(...args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(kubectlProgram, ['--kubeconfig', plane.kubeconfig('admin'), ...args], {
    maxBuffer: 64 * 1024 ** 2,
  });
  return stdout;
}

async function apply(...objects: readonly unknown[]): Promise<void> {
  const file = join(folder, 'objects.json');
  writeFileSync(file, objects.map((object) => JSON.stringify(object)).join('\n'));
  await kubectl('create', '-f', file);
}

const surroundings = (internet?: FakeInternet, user = 'admin'): Readonly<Record<string, string>> => ({
  KUBECONFIG: plane.kubeconfig(user),
  HOME: folder,
  XDG_STATE_HOME: state,
  NO_PROXY: '127.0.0.1',
  PATH: `${join(folder, 'bin')}:${process.env['PATH'] ?? ''}`,
  ...internet?.environment,
});

function nodemend(internet: FakeInternet, ...words: readonly string[]): Promise<CommandEnd> {
  return runInProcess(words, { environment: surroundings(internet), workingFolder: folder, columns: 80 });
}

const internet = (): Promise<FakeInternet> =>
  serveInternet(['ghcr.io', 'registry-1.docker.io'], { images: [], accounts: [account] });
const base64 = (value: string): string => Buffer.from(value).toString('base64');
const auth = (user: string, password: string): string => base64(`${user}:${password}`);

interface Shown {
  readonly metadata: {
    readonly name: string;
    readonly uid: string;
    readonly labels?: unknown;
    readonly annotations?: unknown;
  };
  readonly type?: string;
  readonly data?: Readonly<Record<string, string>>;
  readonly immutable?: boolean;
  readonly imagePullSecrets?: readonly { readonly name: string }[];
}

async function object(namespace: string, kind: string, name: string): Promise<Shown> {
  return JSON.parse(await kubectl('-n', namespace, 'get', kind, name, '-o', 'json')) as Shown;
}

/** What an undo has to bring back. */
const kept = ({ type, data, immutable, metadata: { labels, annotations } }: Shown): unknown => ({
  type,
  data,
  immutable,
  labels,
  annotations,
});

function auths(secret: Shown): unknown {
  return (
    JSON.parse(Buffer.from(secret.data?.['.dockerconfigjson'] ?? '', 'base64').toString()) as {
      readonly auths: unknown;
    }
  ).auths;
}

async function names(namespace: string, kind: string): Promise<readonly string[]> {
  return (await kubectl('-n', namespace, 'get', kind, '-o', 'name'))
    .trim()
    .split('\n')
    .filter((name) => name !== '')
    .map((name) => name.split('/')[1] ?? '');
}

const attached = async (namespace: string, account_ = 'default'): Promise<readonly string[]> =>
  ((await object(namespace, 'serviceaccount', account_)).imagePullSecrets ?? []).map(({ name }) => name);

function newestRun(): string {
  const runs = join(state, 'nodemend', 'runs');
  const begun = (name: string): number => statSync(join(runs, name)).birthtimeMs;
  const [run = ''] = readdirSync(runs)
    .filter((name) => name.endsWith('.jsonl'))
    .toSorted((a, b) => begun(b) - begun(a));
  return run.replace(/\.jsonl$/u, '');
}

/** What steps of the newest run said no with, by its journal. */
function refusals(): readonly string[] {
  const lines = readFileSync(join(state, 'nodemend', 'runs', `${newestRun()}.jsonl`), 'utf8')
    .trim()
    .split('\n');
  return lines
    .map((line) => JSON.parse(line) as { readonly entry: string; readonly code?: string })
    .flatMap(({ entry, code }) => (entry === 'after' && code !== undefined ? [code] : []));
}

const written = {
  'ghcr.io': { username: account.user, password: account.password, auth: auth(account.user, account.password) },
};
const command = (...more: readonly string[]): readonly string[] => [
  'pull-secret',
  '--registry',
  'ghcr.io',
  '--name',
  'regcred',
  '--namespace',
  'tools',
  '--credential-helper',
  'practice',
  '--yes',
  ...more,
];

/** All that was printed and kept, which the password must not be in. */
const said: string[] = [];

async function changed(on: FakeInternet, ...words: readonly string[]): Promise<CommandEnd> {
  const end = await nodemend(on, ...words);
  said.push(end.data, end.notes);
  return end;
}

interface Findings {
  readonly findings: readonly {
    readonly status: string;
    readonly rule: string;
    readonly subject: { readonly namespace?: string; readonly name?: string };
  }[];
}

describe('the walkthrough of docs/pull-secrets.md', () => {
  const steps = walkthrough('docs/pull-secrets.md', 'From a waiting pod to a running one');
  const image = 'ghcr.io/shop/web:1';

  test('both languages show the same commands', () => {
    expect(walkthrough('docs/pull-secrets.ko.md', '기다리는 파드에서 실행 중인 파드까지')).toEqual(steps);
  });

  test(
    'from a pod that waits, over what is wrong, to a login that new pods get, and back',
    { timeout: 60_000 },
    async () => {
      const on = await internet();
      // bank has the Secret that shop lacks, under a key of the retired registry.
      await apply({
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 'regcred', namespace: 'bank', labels: { team: 'bank' } },
        type: json,
        data: {
          '.dockerconfigjson': base64(
            JSON.stringify({
              auths: { 'docker.pkg.github.com': { auth: auth('old', 'old') }, 'quay.io': { auth: auth('q', 'q') } },
            }),
          ),
        },
      });
      for (const namespace of ['shop', 'bank']) await waitingPod(namespace, image);
      const before = { bank: kept(await object('bank', 'secret', 'regcred')), shop: await names('shop', 'secrets') };
      const told: string[] = [];
      for (const words of steps) {
        const more =
          words[0] === 'pull-secret'
            ? ['--credential-helper', 'practice', '--yes']
            : words[0] === 'undo'
              ? ['--yes']
              : ['-o', 'json'];
        const end = await changed(on, ...words.map((word) => (word === 'RUN' ? newestRun() : word)), ...more);
        expect(end.error, `${words.join(' ')}\n${end.notes}`).toBeUndefined();
        told.push(`${words[0]} ${end.code}${words[0] === 'diagnose' ? ` ${rulesIn(end.data)}` : ''}`);
        if (words[0] === 'pull-secret') await expectWritten(end);
      }
      expect(told).toEqual([
        'diagnose 3 fail auth-required ghcr.io, not-looked-at pull-secrets-not-looked-at',
        // What is wrong with the logins is said alone: it is why the pulls are refused.
        'diagnose 3 fail secret-missing shop/regcred, fail secret-retired-key bank/regcred',
        'pull-secret 0',
        // The pods were made before, and the registry has not been asked again.
        'diagnose 3 fail login-refused bank/regcred, fail login-refused shop/regcred',
        'undo 0',
      ]);
      expect(kept(await object('bank', 'secret', 'regcred'))).toEqual(before.bank);
      expect({
        shop: await names('shop', 'secrets'),
        attached: [await attached('shop'), await attached('bank')],
      }).toEqual({ shop: before.shop, attached: [[], []] });
      expect(await names('bank', 'secrets')).toEqual(['regcred']);
    },
  );

  async function expectWritten({ data, notes }: CommandEnd): Promise<void> {
    expect(auths(await object('shop', 'secret', 'regcred'))).toEqual(written);
    expect(auths(await object('bank', 'secret', 'regcred'))).toMatchObject({
      ...written,
      'quay.io': { auth: auth('q', 'q') },
    });
    expect([await attached('shop'), await attached('bank')]).toEqual([['regcred'], ['regcred']]);
    // The plan shows registries and the user, never a password; a pod made now gets the Secret from its ServiceAccount.
    expect(data).toContain('username: kim');
    expect(notes).toContain('ghcr.io accepts the login of kim.');
    expect(notes).not.toContain('shop/Pod/web');
    await apply({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'later', namespace: 'shop' },
      spec: { containers: [{ name: 'app', image }] },
    });
    expect(
      (JSON.parse(await kubectl('-n', 'shop', 'get', 'pod', 'later', '-o', 'json')) as { readonly spec: Shown }).spec
        .imagePullSecrets,
    ).toEqual([{ name: 'regcred' }]);
    await kubectl('-n', 'shop', 'delete', 'pod', 'later', '--force', '--grace-period=0');
  }
});

function rulesIn(data: string): string {
  const { findings } = JSON.parse(data) as Findings;
  const about = ({ subject: { namespace, name } }: Findings['findings'][number]): string =>
    name === undefined ? '' : ` ${namespace === undefined ? '' : `${namespace}/`}${name}`;
  const pulls = findings.filter(({ rule }) => /secret|login|auth/u.test(rule));
  return pulls
    .map((finding) => `${finding.status} ${finding.rule}${about(finding)}`)
    .toSorted()
    .join(', ');
}

/** A pod for which kubelet says that its pull was refused; there is no kubelet here. */
async function waitingPod(namespace: string, image: string): Promise<void> {
  await apply({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web', namespace },
    spec: { imagePullSecrets: [{ name: 'regcred' }], containers: [{ name: 'app', image }] },
  });
  const message =
    `Back-off pulling image "${image}": ErrImagePull: failed to pull and unpack image "${image}": failed to ` +
    `resolve reference "${image}": unexpected status from HEAD request to ` +
    'https://ghcr.io/v2/shop/web/manifests/1: 401 Unauthorized';
  const status = {
    phase: 'Pending',
    containerStatuses: [
      {
        name: 'app',
        image,
        imageID: '',
        ready: false,
        restartCount: 0,
        state: { waiting: { reason: 'ImagePullBackOff', message } },
      },
    ],
  };
  await kubectl(
    '-n',
    namespace,
    'patch',
    'pod',
    'web',
    '--subresource=status',
    '--type=merge',
    '-p',
    JSON.stringify({ status }),
  );
}

describe('what was there', () => {
  const secret = (more: object): object => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'regcred', namespace: 'tools', labels: { team: 'tools' }, annotations: { note: 'ours' } },
    ...more,
  });
  const config = (value: string): object => ({ '.dockerconfigjson': base64(value) });

  test.each<[string, object, unknown]>([
    [
      'other logins stay, an older one of the registry is replaced under whichever key',
      {
        type: json,
        data: {
          ...config(
            JSON.stringify({
              auths: {
                'https://ghcr.io/v2/': { auth: auth('a', 'b') },
                'ghcr.io/team': { auth: auth('c', 'd') },
                'quay.io': {},
              },
            }),
          ),
          more: 'eA==',
        },
      },
      { ...written, 'ghcr.io/team': { auth: auth('c', 'd') }, 'quay.io': {} },
    ],
    ['a shape that kubelet cannot read', { type: json, data: config('{"auths":[]}') }, written],
    ['another type', { type: 'Opaque', data: config(JSON.stringify({ auths: { 'quay.io': {} } })) }, written],
    [
      'an immutable one',
      { type: json, immutable: true, data: config(JSON.stringify({ auths: { 'quay.io': {} } })) },
      written,
    ],
  ])('%s; undone to the byte', async (_, before, after) => {
    const on = await internet();
    await apply(secret(before));
    const was = await object('tools', 'secret', 'regcred');
    expect((await changed(on, ...command())).code).toBe(0);
    const now = await object('tools', 'secret', 'regcred');
    expect(auths(now)).toEqual(after);
    expect(now.type).toBe(json);
    expect((await names('tools', 'secrets')).filter((name) => name.startsWith('nodemend-kept-'))).toHaveLength(1);

    const run = newestRun();
    expect((await changed(on, 'undo', run, '--yes')).code).toBe(0);
    expect(kept(await object('tools', 'secret', 'regcred'))).toEqual(kept(was));
    expect(await names('tools', 'secrets')).toEqual(['regcred']);
    await kubectl('-n', 'tools', 'delete', 'secret', 'regcred');
  });

  test('the old type keeps its form', async () => {
    const on = await internet();
    await apply(
      secret({ type: 'kubernetes.io/dockercfg', data: { '.dockercfg': base64(JSON.stringify({ 'quay.io': {} })) } }),
    );
    expect((await changed(on, ...command())).code).toBe(0);
    const now = await object('tools', 'secret', 'regcred');
    expect(JSON.parse(Buffer.from(now.data?.['.dockercfg'] ?? '', 'base64').toString())).toEqual({
      'quay.io': {},
      ...written,
    });
    await kubectl('-n', 'tools', 'delete', 'secret', '--all');
  });

  test('names that others attached stay, before and after', async () => {
    const on = await internet();
    await kubectl('-n', 'tools', 'create', 'serviceaccount', 'builder');
    await kubectl(
      '-n',
      'tools',
      'patch',
      'serviceaccount',
      'builder',
      '--type=merge',
      '-p',
      '{"imagePullSecrets":[{"name":"theirs"}]}',
    );
    expect((await changed(on, ...command('--service-account', 'builder', '--service-account', 'default'))).code).toBe(
      0,
    );
    expect([await attached('tools', 'builder'), await attached('tools')]).toEqual([['theirs', 'regcred'], ['regcred']]);
    // The list is atomic: whoever adds to it writes all of it.
    await kubectl(
      '-n',
      'tools',
      'patch',
      'serviceaccount',
      'builder',
      '--type=merge',
      '-p',
      '{"imagePullSecrets":[{"name":"theirs"},{"name":"regcred"},{"name":"later"}]}',
    );
    expect((await changed(on, 'undo', newestRun(), '--yes')).code).toBe(0);
    expect([await attached('tools', 'builder'), await attached('tools'), await names('tools', 'secrets')]).toEqual([
      ['theirs', 'later'],
      [],
      [],
    ]);
  });

  test('what somebody wrote after the run is left alone', async () => {
    const on = await internet();
    await apply(secret({ type: json, data: config(JSON.stringify({ auths: { 'quay.io': {} } })) }));
    expect((await changed(on, ...command())).code).toBe(0);
    const theirs = config(JSON.stringify({ auths: { 'ghcr.io': { auth: auth('x', 'y') } } }));
    await kubectl('-n', 'tools', 'patch', 'secret', 'regcred', '--type=merge', '-p', JSON.stringify({ data: theirs }));
    const end = await changed(on, 'undo', newestRun(), '--yes');
    expect(end.code).toBe(8);
    expect(end.data + end.notes).toMatch(/tools\/Secret\/regcred was changed after run/u);
    expect(refusals()).toEqual(['PULL_SECRET_CHANGED_SINCE_RUN']);
    expect((await object('tools', 'secret', 'regcred')).data).toEqual(theirs);
    await kubectl('-n', 'tools', 'delete', 'secret', '--all');
  });

  test('what a run made and somebody changed, what was kept and is gone, or is another: all are left alone', async () => {
    const on = await internet();
    const theirs = ['--type=merge', '-p', JSON.stringify({ data: config('{}') })];
    const undone = async (): Promise<readonly unknown[]> => [
      (await changed(on, 'undo', newestRun(), '--yes')).code,
      ...refusals().slice(-1),
    ];
    const keptName = async (): Promise<string> =>
      (await names('tools', 'secrets')).find((name) => name.startsWith('nodemend-kept-')) ?? '';

    expect((await changed(on, ...command())).code).toBe(0);
    await kubectl('-n', 'tools', 'patch', 'secret', 'regcred', ...theirs);
    expect(await undone()).toEqual([8, 'PULL_SECRET_NOT_OF_RUN']);

    expect((await changed(on, ...command())).code).toBe(0);
    await kubectl('-n', 'tools', 'annotate', 'secret', await keptName(), '--overwrite', 'nodemend.dev/kept={}');
    expect(await undone()).toEqual([8, 'PULL_SECRET_KEPT_INVALID']);
    await kubectl('-n', 'tools', 'delete', 'secret', await keptName());
    expect(await undone()).toEqual([8, 'PULL_SECRET_KEPT_MISSING']);
    await kubectl('-n', 'tools', 'delete', 'secret', '--all');
  });
});

describe('a run that is cut off while a Secret of another type is re-created', () => {
  test('is seen to have begun, and its undo makes the old one', async () => {
    const api = await openKubernetes({ environment: surroundings() });
    onTestFinished(() => api.close());
    await apply({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'regcred', namespace: 'tools', labels: { team: 'tools' } },
      type: 'Opaque',
      data: { some: 'eA==' },
    });
    const was = await object('tools', 'secret', 'regcred');
    const { signal } = new AbortController();
    const request = { registry: 'ghcr.io', user: 'kim', name: 'regcred', namespaces: ['tools'], serviceAccounts: [] };
    const plan = planPullSecret({
      request,
      namespaces: await observeNamespaces(api, request, signal),
      target: { kind: 'hosts' },
      madeAt: '',
    });
    const spec = plan.clusterActions?.[0] as PullSecretAction;
    const context = {
      api,
      run: 'cut-off',
      redact: (line: string) => line,
      timing: fixedTiming,
      patience: 'wait',
      signal,
      secret: () => account.password,
    } as const;
    const [prepare, write] = pullSecretKind.apply(spec);
    expect(await prepare?.perform(context)).toMatchObject({ outcome: 'done' });
    // The connection breaks off once the old one is removed.
    const cut = {
      ...context,
      api: {
        ...api,
        patch: () => Promise.reject(new NodemendError('API_CONNECTION_CUT', { server: api.server, problem: 'reset' })),
      },
    };
    await expect(write?.perform(cut)).rejects.toMatchObject({ code: 'API_CONNECTION_CUT' });
    expect((await names('tools', 'secrets')).map((name) => name.replace(/-[0-9a-f]{12}$/u, ''))).toEqual([
      'nodemend-kept',
    ]);

    expect(await pullSecretKind.inspect(spec, context)).toBe('applied');
    for (const expected of ['done', 'already'])
      expect(await pullSecretKind.undo(spec)[0]?.perform(context)).toMatchObject({ outcome: expected });
    expect(kept(await object('tools', 'secret', 'regcred'))).toEqual(kept(was));
    expect(await names('tools', 'secrets')).toEqual(['regcred']);
    await kubectl('-n', 'tools', 'delete', 'secret', 'regcred');
  });

  test('without its password it does not begin', async () => {
    const spec = {
      kind: 'pull-secret',
      id: 'pull-secret:tools/Secret/regcred',
      problem: 'pull-secret',
      cures: [],
      why: { key: 'create', params: {} },
      object: { kind: 'Secret', group: '', version: 'v1', resource: 'secrets', namespace: 'tools', name: 'regcred' },
      key: 'ghcr.io',
      user: 'kim',
      type: json,
      from: 'absent',
    } as const;
    const api = await openKubernetes({ environment: surroundings() });
    onTestFinished(() => api.close());
    const context = {
      api,
      run: 'resumed',
      redact: (line: string) => line,
      timing: fixedTiming,
      patience: 'wait',
      signal: new AbortController().signal,
      secret: () => undefined,
    } as const;
    expect(await pullSecretKind.apply(spec)[0]?.perform(context)).toMatchObject({
      outcome: 'refused',
      code: 'PULL_SECRET_PASSWORD_MISSING',
    });
  });
});

describe('nothing is written', () => {
  const code = (error: unknown): unknown => (isNodemendError(error) ? error.code : error);

  test.each<[string, readonly string[], string]>([
    ['when the registry refuses the login', ['--username', 'somebody-else'], 'LOGIN_REFUSED'],
    ['when the registry cannot be reached', ['--registry', 'quay.io'], 'REGISTRY_UNREACHABLE'],
    ['when the helper has no login', ['--credential-helper', 'empty'], 'CREDENTIAL_HELPER_FAILED'],
    ['when there is no such helper', ['--credential-helper', 'nonesuch'], 'CREDENTIAL_HELPER_MISSING'],
    ['when the helper is not a name', ['--credential-helper', '../../bin/sh'], 'USAGE'],
    ['when the namespace is not there', ['--namespace', 'nowhere'], 'NAMESPACE_MISSING'],
    ['when the ServiceAccount is not there', ['--service-account', 'nobody'], 'SERVICE_ACCOUNT_MISSING'],
    ['for what is not a registry', ['--registry', 'ghcr.io/team'], 'USAGE'],
    ['for a name of Docker Hub', ['--registry', 'library'], 'USAGE'],
    ['for what is not a name', ['--name', 'Reg_Cred'], 'USAGE'],
    ['for a user with a colon', ['--username', 'a:b'], 'USAGE'],
  ])('%s', async (_, words, expected) => {
    const end = await changed(await internet(), ...command(...words));
    expect(code(end.error)).toBe(expected);
    expect(await names('tools', 'secrets')).toEqual([]);
  });

  test('when the registry does not say', async () => {
    const on = await internet();
    on.hub.abuse = true;
    expect(code((await changed(on, ...command())).error)).toBe('LOGIN_UNCHECKED');
    expect(await names('tools', 'secrets')).toEqual([]);
  });

  test('without a user, a password or somebody to ask', async () => {
    const bare = ['pull-secret', '--registry', 'ghcr.io', '--name', 'regcred', '--namespace', 'tools'];
    expect(code((await changed(await internet(), ...bare)).error)).toBe('USAGE');
  });
});

test('the shipped roles are what it takes, and without the one for Secrets nothing is asked of the registry', async () => {
  const deploy = (file: string): string => join(import.meta.dirname, '../../../deploy', file);
  await kubectl('apply', '-f', deploy('base/nodemend-read.yaml'), '-f', deploy('nodemend-change.yaml'));
  await kubectl('create', 'clusterrolebinding', 'kim', '--clusterrole=nodemend-read', '--user=kim');
  for (const namespace of ['nodemend', 'nodemend-runs'])
    await kubectl('-n', namespace, 'create', 'rolebinding', 'kim', '--role=nodemend-change', '--user=kim');
  const on = await internet();
  const asKim = (...words: readonly string[]): Promise<CommandEnd> =>
    runInProcess(words, { environment: surroundings(on, 'kim'), workingFolder: folder });
  const words = command('--service-account', 'default');

  expect((await asKim(...words)).error).toMatchObject({ code: 'API_FORBIDDEN' });
  expect(on.asked).toEqual([]);
  await kubectl('-n', 'tools', 'apply', '-f', deploy('nodemend-change-pull-secrets.yaml'));
  await kubectl('-n', 'tools', 'create', 'rolebinding', 'kim', '--role=nodemend-change-pull-secrets', '--user=kim');
  await expect.poll(async () => (await asKim(...words)).code, { timeout: 20_000, interval: 500 }).toBe(0);
  expect([await names('tools', 'secrets'), await attached('tools')]).toEqual([['regcred'], ['regcred']]);
  expect((await asKim('undo', newestRun(), '--yes')).code).toBe(0);
  expect([await names('tools', 'secrets'), await attached('tools')]).toEqual([[], []]);
});

test('Docker Hub gets the key that kubelet looks for', async () => {
  const on = await internet();
  expect((await changed(on, ...command('--registry', 'docker.io'))).code).toBe(0);
  expect(auths(await object('tools', 'secret', 'regcred'))).toEqual({
    'https://index.docker.io/v1/': written['ghcr.io'],
  });
  // What a run wrote is looked at without its password.
  expect((await changed(on, 'verify', newestRun())).code).toBe(0);
  expect((await changed(on, 'undo', newestRun(), '--yes')).code).toBe(0);
});

test('the password by a pipe, in a process of its own', { timeout: 60_000 }, async () => {
  const { registry } = await serveFakeHub({ accounts: [account] });
  const args = [
    'scripts/with-node.sh',
    'src/cli/start.ts',
    'pull-secret',
    '--registry',
    registry,
    '--plain-http',
    '--name',
    'piped',
    '--namespace',
    'tools',
    '--username',
    account.user,
    '--password-stdin',
    '--yes',
  ];
  const child = spawn('sh', args, { cwd: join(import.meta.dirname, '../../..'), env: { ...surroundings() } });
  child.stdin.end(`${account.password}\n`);
  const [stdout, stderr, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number | null>((resolve) => void child.on('close', resolve)),
  ]);
  said.push(stdout, stderr);

  expect(code, stdout + stderr).toBe(0);
  expect(auths(await object('tools', 'secret', 'piped'))).toEqual({ [registry]: written['ghcr.io'] });
});

test('the password is in Secrets alone', async () => {
  const files = readdirSync(state, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'));
  expect(files.length).toBeGreaterThan(5);
  const objects = await kubectl('get', 'configmaps,events,leases,serviceaccounts,pods', '-A', '-o', 'json');
  expect(objects).toContain('pull-secret:tools/Secret/regcred');
  // Three ways to fall into base64's groups of three, as part of anything that was encoded.
  const inBase64 = [0, 1, 2].map((before) =>
    base64(`${'x'.repeat(before)}${account.password}`).slice(before === 0 ? 0 : 4, -4),
  );
  const forms = [
    account.password,
    encodeURIComponent(account.password),
    JSON.stringify(account.password).slice(1, -1),
    Buffer.from(account.password).toString('hex'),
    ...inBase64,
  ];
  for (const place of [...said, ...files, objects]) for (const form of forms) expect(place).not.toContain(form);
});
