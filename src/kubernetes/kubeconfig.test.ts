import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isNodemendError } from '../errors/nodemend-error.ts';
import { errorText } from '../errors/text.ts';
import { kubeconfigPaths, listContexts, loadKubeconfig, selectContext } from './kubeconfig.ts';
import { readKubeconfigFile } from './kubeconfig-file.ts';
import { caught } from './testing/caught.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nodemend-kubeconfig-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function file(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
  return path;
}

const home = `
apiVersion: v1
kind: Config
current-context: green
clusters:
- {name: two, cluster: {server: 'https://two:6443'}}
- {name: shared, cluster: {server: 'https://from-home:6443', tls-server-name: only-here}}
users:
- {name: ann, user: {token: home-token, client-certificate: a.crt}}
- {name: bob, user: {tokenFile: ../tokens/bob}}
contexts:
- {name: green, context: {cluster: two, user: bob}}
- {name: mixed, context: {cluster: shared, user: ann}}
`;

describe('where it is', () => {
  test('--kubeconfig, else $KUBECONFIG, else the home folder', () => {
    expect(kubeconfigPaths({ kubeconfig: '/a', environment: { KUBECONFIG: '/b', HOME: '/h' } })).toEqual(['/a']);
    expect(kubeconfigPaths({ environment: { KUBECONFIG: '/b::/c:/b', HOME: '/h' } })).toEqual(['/b', '/c']);
    expect(kubeconfigPaths({ environment: { KUBECONFIG: '', HOME: '/h' } })).toEqual(['/h/.kube/config']);
  });

  test('none at all is an error with the path', async () => {
    expect(await caught(loadKubeconfig({ environment: { HOME: folder } }))).toMatchObject({
      code: 'KUBECONFIG_MISSING',
      params: { path: join(folder, '.kube', 'config') },
    });
    expect(await caught(loadKubeconfig({ kubeconfig: join(folder, 'no'), environment: {} }))).toMatchObject({
      code: 'KUBECONFIG_MISSING',
    });
  });

  test('a folder in its place is told as such', async () => {
    expect(await caught(loadKubeconfig({ kubeconfig: folder, environment: {} }))).toMatchObject({
      code: 'KUBECONFIG_INVALID',
      params: { problem: 'EISDIR' },
    });
  });

  test('one that this user cannot read is told as such, and not as broken', async () => {
    const path = await file('config', home);
    await chmod(path, 0);
    // Root reads everything.
    const isRoot = process.geteuid?.() === 0;
    if (isRoot) process.seteuid?.(65_534);
    const error = await caught(loadKubeconfig({ kubeconfig: path, environment: {} })).finally(() => {
      if (isRoot) process.seteuid?.(0);
    });
    expect(error).toMatchObject({
      code: 'KUBECONFIG_INVALID',
      params: { path, problem: 'EACCES', context: 'unreadable' },
    });
  });
});

describe('several files are one', () => {
  const fixtures = join(import.meta.dirname, 'fixtures', 'kubectl-merge');
  const environment = {
    KUBECONFIG: ['work/config', 'absent', 'home/config'].map((name) => join(fixtures, name)).join(':'),
  };

  test('as kubectl itself merges them: the first file that has a name wins as a whole, the first current-context too', async () => {
    const view = JSON.parse(await readFile(join(fixtures, 'kubectl-view.json'), 'utf8')) as KubectlView;
    const config = await loadKubeconfig({ environment });
    const ours = {
      current: config.currentContext,
      clusters: [...config.clusters]
        .map(([name, { server, tlsServerName, proxyUrl }]) => [name, server, tlsServerName, proxyUrl])
        .toSorted(),
      users: [...config.users]
        .map(([name, { token, clientCertificate, impersonate, exec }]) => [
          name,
          token,
          clientCertificate,
          impersonate?.user,
          exec?.interactiveMode,
        ])
        .toSorted(),
      contexts: [...config.contexts]
        .map(([name, { cluster, user, namespace }]) => [name, cluster, user, namespace])
        .toSorted(),
    };
    expect(ours).toEqual({
      current: view['current-context'],
      clusters: view.clusters.map(({ name, cluster }) => [
        name,
        cluster['server'],
        cluster['tls-server-name'],
        cluster['proxy-url'],
      ]),
      users: view.users.map(({ name, user }) => [
        name,
        user['token'],
        user['client-certificate'],
        user['as'],
        user['exec']?.['interactiveMode'],
      ]),
      contexts: view.contexts.map(({ name, context }) => [
        name,
        context['cluster'],
        context['user'],
        context['namespace'],
      ]),
    });
  });

  test('relative paths start at the folder of the file that has them', async () => {
    const config = await loadKubeconfig({ environment });
    expect(config.clusters.get('one')?.certificateAuthority).toBe(join(fixtures, 'work/pki/ca.crt'));
    expect(config.users.get('bob')?.tokenFile).toBe(join(fixtures, 'tokens/bob'));
    expect(config.users.get('eve')?.exec?.command).toBe(join(fixtures, 'work/bin/login'));
  });

  test('the contexts to choose from', async () => {
    expect(await listContexts({ environment })).toEqual([
      { name: 'blue', server: 'https://one:6443', user: 'ann', current: true },
      { name: 'green', server: 'https://two:6443', user: 'bob', current: false },
      { name: 'mixed', server: 'https://from-work:6443', user: 'ann', current: false },
    ]);
    expect(selectContext(await loadKubeconfig({ environment })).namespace).toBe('web');
    expect(selectContext(await loadKubeconfig({ environment }), 'mixed').namespace).toBe('default');
  });
});

interface KubectlView {
  readonly 'current-context': string;
  readonly clusters: readonly { readonly name: string; readonly cluster: Readonly<Record<string, string>> }[];
  readonly users: readonly {
    readonly name: string;
    readonly user: Readonly<Record<string, Readonly<Record<string, string>>>>;
  }[];
  readonly contexts: readonly { readonly name: string; readonly context: Readonly<Record<string, string>> }[];
}

describe('choosing a context', () => {
  test('an unknown one: the closest name, and all of them', async () => {
    const config = await loadKubeconfig({ kubeconfig: await file('c', home), environment: {} });
    const error = await caught(() => selectContext(config, 'geren'));
    expect(error).toMatchObject({
      code: 'KUBECONFIG_CONTEXT_UNKNOWN',
      params: { context: 'geren', closest: 'green', contexts: 'green, mixed' },
    });
    expect(await caught(() => selectContext(config, 'something-else'))).toMatchObject({ params: { closest: '' } });
  });

  test('none set', async () => {
    const config = await loadKubeconfig({
      kubeconfig: await file('c', home.replace('current-context: green', '')),
      environment: {},
    });
    expect(await caught(() => selectContext(config))).toMatchObject({
      code: 'KUBECONFIG_CONTEXT_UNSET',
      params: { contexts: 'green, mixed' },
    });
  });

  test('an empty file has none', async () => {
    const config = await loadKubeconfig({ kubeconfig: await file('c', '  \n'), environment: {} });
    expect(await caught(() => selectContext(config))).toMatchObject({ code: 'KUBECONFIG_CONTEXT_UNSET' });
  });

  test.each([
    ['cluster: two,', 'cluster: gone,', 'context green names the cluster "gone", which it does not hold'],
    ['user: bob}', 'user: gone}', 'context green names the user "gone", which it does not hold'],
    ["server: 'https://two:6443'", 'insecure-skip-tls-verify: true', 'cluster two has no server'],
  ])('one that points nowhere: %s', async (before, after, problem) => {
    const config = await loadKubeconfig({ kubeconfig: await file('c', home.replace(before, after)), environment: {} });
    expect(await caught(() => selectContext(config))).toMatchObject({
      code: 'KUBECONFIG_INVALID',
      params: { problem },
    });
  });
});

describe('what a file may hold', () => {
  const problemOf = async (text: string) =>
    (await caught(readKubeconfigFile(await file('broken', text)))).params['problem'];

  test.each([
    ['users: {a: b}', 'users must be a list'],
    ['users: [{user: {}}]', 'users[0].name is missing'],
    ['users: [{name: a}]', 'users[0].user must be a mapping'],
    ['users: [{name: a, user: {}}, {name: a, user: {}}]', 'users[1].name is a second entry called "a"'],
    ['users: [{name: a, user: {token: {}}}]', 'users[0].user.token must be a string'],
    [
      'clusters: [{name: a, cluster: {insecure-skip-tls-verify: sometimes}}]',
      'clusters[0].cluster.insecure-skip-tls-verify must be true or false',
    ],
    ['users: [{name: a, user: {exec: {apiVersion: v1}}}]', 'users[0].user.exec.command is missing'],
    [
      'users: [{name: a, user: {exec: {apiVersion: v1, command: c, interactiveMode: Often}}}]',
      'users[0].user.exec.interactiveMode must be Never, IfAvailable or Always',
    ],
    ['users: [{name: 7, user: {}}]', 'users[0].name must be a string'],
    ['users: [{name: a, user: {as: b, as-groups: [1]}}]', 'users[0].user.as-groups must hold strings'],
    ['- a list', 'the file must be a mapping'],
    ['just a text', 'the file must be a mapping'],
  ])('%s', async (text, problem) => {
    expect(await problemOf(text)).toBe(problem);
  });

  test('YAML that cannot be read names the line, and never quotes it', async () => {
    const error = await caught(
      readKubeconfigFile(await file('broken', 'users:\n- name: a\n  user: {token: "s3cret\n')),
    );
    expect(error).toMatchObject({
      code: 'KUBECONFIG_INVALID',
      params: { problem: expect.stringMatching(/^YAML line \d+: [A-Z_]+$/) },
    });
    expect(error.message).not.toContain('s3cret');
  });

  test('anchors, JSON, null and unknown fields are fine', async () => {
    const anchors = await readKubeconfigFile(
      await file(
        'a',
        'users:\n- &u {name: a, user: {token: t}}\n- {<<: *u, name: b}\npreferences: {colors: true}\nextensions: 5',
      ),
    );
    expect(anchors.users.get('b')?.token).toBe('t');
    const json = await readKubeconfigFile(await file('j', JSON.stringify({ 'current-context': 'c', users: null })));
    expect(json.currentContext).toBe('c');
  });

  test('an exec plugin: a bare name is left for the PATH, a path starts at the file', async () => {
    const exec = (command: string) =>
      `users: [{name: a, user: {exec: {apiVersion: client.authentication.k8s.io/v1, command: ${command}, args: ` +
      '[one, two], env: [{name: A, value: b}]}}}]';
    const bare = await readKubeconfigFile(await file('d/bare', exec('plugin')));
    expect(bare.users.get('a')?.exec).toMatchObject({
      command: 'plugin',
      args: ['one', 'two'],
      environment: { A: 'b' },
      interactiveMode: 'IfAvailable',
    });
    const path = await readKubeconfigFile(await file('d/path', exec('./bin/plugin')));
    expect(path.users.get('a')?.exec?.command).toBe(join(folder, 'd/bin/plugin'));
  });

  test('impersonation', async () => {
    const { users } = await readKubeconfigFile(
      await file(
        'i',
        'users: [{name: a, user: {as: jane, as-groups: [dev], as-uid: "7", as-user-extra: {scopes: [x, y]}}}]',
      ),
    );
    expect(users.get('a')?.impersonate).toEqual({
      user: 'jane',
      uid: '7',
      groups: ['dev'],
      extra: new Map([['scopes', ['x', 'y']]]),
    });
  });

  test('any text ends in a configuration or in KUBECONFIG_INVALID', { timeout: 30_000 }, async () => {
    const words = fc.constantFrom(
      'users',
      'clusters',
      'contexts',
      'name',
      'user',
      'cluster',
      'exec',
      'token',
      ': ',
      '- ',
      '\n',
      '  ',
      '{',
      '}',
      '[',
      ']',
      '"',
      "'",
      '&a ',
      '*a',
      '|',
      '1',
      'null',
      '#',
    );
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.string(),
          fc.array(words, { maxLength: 40 }).map((parts) => parts.join('')),
        ),
        async (text) => {
          const path = await file('any', text);
          await readKubeconfigFile(path).catch((error: unknown) => {
            if (!isNodemendError(error) || error.code !== 'KUBECONFIG_INVALID') throw error;
          });
        },
      ),
      { numRuns: 150 },
    );
  });
});

test('what is wrong with a kubeconfig is said in the language of the reader', async () => {
  const { code, params } = await caught(readKubeconfigFile(await file('broken', 'users: [{user: {}}]')));

  expect(errorText('ko', code, params).cause).toMatch(/users\[0\]\.name: 값이 없음\.$/u);
});
