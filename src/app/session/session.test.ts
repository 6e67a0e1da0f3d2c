import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { fakeCluster } from '../../kubernetes/testing/fake-cluster.ts';
import { openSession, type Session } from './session.ts';
import { portsIn, type Surroundings } from '../testing/ports.ts';
import type { SessionRequest } from './session-request.ts';

let folder = '';
const { signal } = new AbortController();

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nodemend-session-'));
  onTestFinished(() => rm(folder, { recursive: true }));
});

function open(request: SessionRequest, surroundings: Surroundings = {}): Promise<Session> {
  return openSession(request, portsIn({ workingFolder: folder, environment: { HOME: folder }, ...surroundings }));
}

async function file(name: string, text: string): Promise<string> {
  await writeFile(join(folder, name), text, { mode: 0o600 });
  return name;
}

/** A kubeconfig with two contexts; nothing listens where they point. */
const kubeconfig = (name: string): string => `
apiVersion: v1
kind: Config
current-context: ${name}-current
clusters: [{ name: c, cluster: { server: "https://127.0.0.1:1", certificate-authority-data: "" } }]
users: [{ name: u, user: { token: t } }]
contexts:
  - { name: ${name}-current, context: { cluster: c, user: u } }
  - { name: ${name}-other, context: { cluster: c, user: u } }
`;

async function contextOf(session: Session): Promise<string | undefined> {
  const api = await session.openApi();
  onTestFinished(async () => api?.close());
  return api?.context;
}

describe('which cluster', () => {
  beforeEach(async () => {
    await file('configured', kubeconfig('configured'));
    await file('named', kubeconfig('named'));
    await file('nodemend.yaml', 'kubeconfig: configured\ncontext: configured-other\n');
  });

  test.each<readonly [string, SessionRequest, string]>([
    ['the configuration', { config: 'nodemend.yaml' }, 'configured-other'],
    [
      'another context of its kubeconfig',
      { config: 'nodemend.yaml', context: 'configured-current' },
      'configured-current',
    ],
    [
      'a kubeconfig that was named does not get the context of the configured one',
      { config: 'nodemend.yaml', kubeconfig: 'named' },
      'named-current',
    ],
    ['both named', { config: 'nodemend.yaml', kubeconfig: 'named', context: 'named-other' }, 'named-other'],
  ])('%s', async (_name, options, context) => {
    expect(await contextOf(await open(options))).toBe(context);
  });

  test('a context that is not there is an error with the ones that are', async () => {
    const session = await open({ config: 'nodemend.yaml', kubeconfig: 'named', context: 'configured-other' });

    await expect(session.openApi()).rejects.toMatchObject({ code: 'KUBECONFIG_CONTEXT_UNKNOWN' });
  });

  test('with a hosts file there is none', async () => {
    await file('hosts', 'db-1 10.0.0.9\n');

    expect(await (await open({ config: 'nodemend.yaml', hosts: 'hosts' })).openApi()).toBeUndefined();
  });
});

describe('going onto nodes is asked for', () => {
  test.each<readonly [string, SessionRequest, string, Session['via']]>([
    ['nobody', {}, '', undefined],
    ['a flag', { via: 'system-ssh' }, 'via: ssh\n', 'system-ssh'],
    ['the configuration', {}, 'via: ssh\n', 'ssh'],
    ['a flag for pods', { via: 'pod' }, '', 'pod'],
    ['a hosts file', { hosts: 'hosts' }, '', 'ssh'],
    ['a hosts file and the configuration', { hosts: 'hosts' }, 'via: system-ssh\n', 'system-ssh'],
  ])('%s', async (_name, options, configuration, via) => {
    const session = await open({
      ...options,
      config: await file('nodemend.yaml', configuration === '' ? '{}\n' : configuration),
    });

    expect(session.via).toBe(via);
    const transport = session.openTransport(undefined);
    expect(transport?.kind).toBe(via);
    await transport?.close();
  });
});

test('pods need an API server: with a hosts file they are refused before anything is read', async () => {
  await expect(open({ via: 'pod', hosts: 'hosts' })).rejects.toMatchObject({ code: 'POD_NEEDS_API' });
  await expect(open({ hosts: 'hosts', config: await file('nodemend.yaml', 'via: pod\n') })).rejects.toMatchObject({
    code: 'POD_NEEDS_API',
  });
});

describe('which nodes', () => {
  test('hosts of the file that were chosen, relative to the working folder', async () => {
    await file('hosts', 'db-[1-3] 10.0.0.[1-3] group=db\nweb-1 10.0.1.1 group=web\n');
    const session = await open({ hosts: 'hosts', nodes: 'db-[2-3]', nodeGroup: 'db', identity: ['key'], user: 'ops' });

    const { nodes, targets } = await session.findNodes(undefined, signal);

    expect(nodes.map(({ name }) => name)).toEqual(['db-2', 'db-3']);
    expect(targets).toEqual([
      { name: 'db-2', address: '10.0.0.2', group: 'db', user: 'ops', identityFiles: [join(folder, 'key')] },
      { name: 'db-3', address: '10.0.0.3', group: 'db', user: 'ops', identityFiles: [join(folder, 'key')] },
    ]);
  });

  test('a node that is not there is an error, as is none at all', async () => {
    await file('hosts', 'db-1 10.0.0.1 group=db\n');

    await expect((await open({ hosts: 'hosts', nodes: 'db-9' })).findNodes(undefined, signal)).rejects.toMatchObject({
      code: 'NODES_UNKNOWN',
    });
    await expect((await open({ hosts: 'hosts', nodeGroup: 'web' })).findNodes(undefined, signal)).rejects.toMatchObject(
      { code: 'NO_TARGETS' },
    );
  });

  test('nodes of a cluster, by labels on the server and by name here', async () => {
    const asked: string[] = [];
    const api = await fakeCluster({ nodes: ['a-1', 'a-2'], onRequest: (url) => asked.push(url) });
    const session = await open({ selector: 'disk=ssd', nodes: 'a-2', port: 2222 });

    const { targets } = await session.findNodes(api, signal);

    expect(targets.map(({ name, port }) => `${name} ${port}`)).toEqual(['a-2 2222']);
    expect(asked.some((url) => decodeURIComponent(url).includes('labelSelector=disk=ssd'))).toBe(true);
  });
});

test('who would log in to a node is nothing to its pod', async () => {
  const api = await fakeCluster({ nodes: ['a-1'] });
  const session = await open({ via: 'pod', port: 2222, user: 'ops', bastion: 'gate' });

  const { targets } = await session.findNodes(api, signal);

  expect(targets).toEqual([{ name: 'a-1', address: expect.any(String) as string, identityFiles: [] }]);
});

test('an image of pods that its registry can exchange is refused, before anything is contacted', async () => {
  const refused = { code: 'IMAGE_NOT_PINNED', exitCode: 2, params: { image: 'busybox:1.36' } };
  await expect(open({ via: 'pod', podImage: 'busybox:1.36' })).rejects.toMatchObject(refused);
  const config = await file('tag.yaml', 'via: pod\npod: {image: "busybox:1.36"}\n');
  await expect(open({ config })).rejects.toMatchObject(refused);
  // Whoever makes no pods is not bothered with it.
  await expect(open({ config, via: 'ssh' })).resolves.toMatchObject({ via: 'ssh' });
});

test('the language: --lang, then the configuration, then the locale', async () => {
  await file('nodemend.yaml', 'language: ko\n');

  expect((await open({ config: 'nodemend.yaml' })).texts.language).toBe('ko');
  expect((await open({ config: 'nodemend.yaml' }, { language: 'en' })).texts.language).toBe('en');
  expect((await open({})).texts.language).toBe('en');
});

test('a bastion that is none is refused, whatever the nodes', async () => {
  await file('hosts', 'db-1 10.0.0.1\n');
  const session = await open({ hosts: 'hosts', bastion: '-oProxyCommand=id' });

  await expect(session.findNodes(undefined, signal)).rejects.toMatchObject({
    code: 'USAGE',
    params: { context: 'bastion' },
  });
});
