import { chmodSync, copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { ChrootNode } from '../../../test/chroot/chroot-node.ts';
import { installTools, shells, toolRoot } from '../../../test/chroot/tool-root.ts';
import { digestOf, emptyLayer, makeImage } from '../../../testbed/fakes/docker-hub/images.ts';
import { serveFakeHub, serveUntilTestEnds } from '../../../testbed/fakes/docker-hub/serve-fake-hub.ts';
import { createAuthority } from '../../kubernetes/testing/authority.ts';
import { registryCandidates } from '../../images/sources/candidates.ts';
import type { ManifestQuestion, SourceAnswer } from '../../images/sources/source-answer.ts';
import type { Transport } from '../../transport/transport.ts';
import { buildModule } from '../../../testbed/go/go-module.ts';
import { containerd2 } from '../../../testbed/go/modules.ts';
import table from '../../platforms/nks/registries.json' with { type: 'json' };
import type { UsableLogin } from '../../registry/docker-config/login-for.ts';
import { Password } from '../../registry/docker-config/password.ts';
import { askSources, type SourcesQuestion } from './ask-sources.ts';

/** The real ctr in a root of its own; the registry is a fake, on the loopback (`testbed/fakes/docker-hub`). */
const pause = makeImage({ repository: 'base/pause', tag: '3.6', layer: emptyLayer });
const digest = digestOf(pause.manifest);
const [id = ''] = pause.blobs.keys();
const bytes = [...pause.blobs.values()].reduce((sum, { length }) => sum + length, 0);
const parts = [...pause.blobs].map(([part, { length }]) => ({ digest: part, bytes: length }));
const found: SourceAnswer = { state: 'found', digest, id, bytes, parts };

const building = { environment: process.env, report: () => undefined };

describe.each(shells)('under %s', (shell) => {
  let node: ChrootNode;
  beforeAll(() => {
    installTools(toolRoot(shell), ['ctr', 'script', 'stty']);
    node = new ChrootNode('worker-1', shell);
    mkdirSync(node.path('root'), { recursive: true });
    node.mountTerminals();
  });
  afterAll(() => node.remove());

  const put = (path: string, text: string): void => {
    mkdirSync(dirname(node.path(path)), { recursive: true });
    writeFileSync(node.path(path), text);
  };

  async function ask(
    reference: string,
    change: Partial<ManifestQuestion> = {},
    loginOf?: SourcesQuestion['loginOf'],
  ): Promise<SourceAnswer | undefined> {
    const transport: Transport = { kind: 'local', connect: async () => node.connect(), close: async () => {} };
    const answers = await askSources({
      transport,
      targets: [{ name: 'worker-1', address: 'localhost', identityFiles: [] }],
      questions: [
        {
          node: 'worker-1',
          runtime: 'containerd',
          reference,
          platform: 'linux/amd64',
          hosts: 'runtime',
          hostsFolder: '/etc/containerd/certs.d',
          ...change,
        },
      ],
      loginOf,
      signal: new AbortController().signal,
    });
    return answers.get('worker-1')?.get(reference);
  }

  test('on the way of the runtime: its mirror, its authority, the mirror’s own path', async () => {
    const authority = await createAuthority('mirror');
    const tls = await authority.issue({ commonName: 'mirror', ip: ['127.0.0.1'] });
    const { registry, hub } = await serveFakeHub({ images: [pause] }, tls);
    put('etc/containerd/certs.d/registry.k8s.io/ca.pem', authority.certificate);
    put(
      'etc/containerd/certs.d/registry.k8s.io/hosts.toml',
      `[host."https://${registry}/v2/base"]\n  override_path = true\n  ca = "/etc/containerd/certs.d/registry.k8s.io/ca.pem"\n`,
    );

    expect(await ask('registry.k8s.io/pause:3.6')).toEqual(found);
    expect(await ask(`registry.k8s.io/pause@${digest}`)).toEqual(found);
    // Without its folder the runtime's authority is not known, either.
    expect(await ask(`${registry}/base/pause:3.6`, { hostsFolder: undefined })).toMatchObject({ state: 'unknown' });
    expect(hub.logins).toEqual([]);
  });

  test('as an endpoint of the old tables is spoken to: by its own authority, its client’s certificate, or neither', async () => {
    const authority = await createAuthority('mirror');
    const tls = await authority.issue({ commonName: 'mirror', dns: ['mirror.example.com'] });
    const accounts = [{ user: 'robot', password: 'x', limit: undefined }];
    const { registry: served } = await serveFakeHub({ images: [pause], accounts }, tls);
    // What is called an address of the loopback ctr asks without TLS.
    const registry = served.replace('127.0.0.1', 'mirror.example.com');
    put('etc/hosts', '127.0.0.1 mirror.example.com\n');
    const ca = '/etc/mirror ca.pem';
    put(ca.slice(1), authority.certificate);
    const asked = (how: ManifestQuestion['tls'], loginOf?: SourcesQuestion['loginOf']) =>
      ask(`${registry}/base/pause:3.6`, { hostsFolder: undefined, tls: how }, loginOf);
    const login = (): UsableLogin => ({ user: 'robot', password: new Password('x') });

    expect(await asked(undefined)).toMatchObject({ state: 'unknown' });
    expect(await asked({ ca })).toEqual(found);
    expect(await asked({ skipVerify: true })).toEqual(found);
    expect(await asked({ ca }, login)).toMatchObject({ state: 'found', user: 'robot' });
    expect(await asked({ ca, certificate: '/etc/none.pem', key: '/etc/none.key' })).toMatchObject({
      detail: expect.stringContaining('/etc/none'),
    });
  });

  test('what is not there, what wants a login, what nobody answers', async () => {
    const { registry } = await serveFakeHub({ images: [pause, { ...pause, repository: 'secret', private: true }] });
    const plain = { hosts: 'plain-http', hostsFolder: undefined } as const;

    expect(await ask(`${registry}/base/pause:3.6`, plain)).toEqual(found);
    expect(await ask(`${registry}/base/pause:3.7`, plain)).toEqual({ state: 'absent' });
    expect(await ask(`${registry}/secret:3.6`, plain)).toEqual({ state: 'denied' });
    expect(await ask('127.0.0.1:1/base/pause:3.6', plain)).toMatchObject({
      state: 'unknown',
      reason: 'unreachable',
      detail: expect.stringContaining('connection refused'),
    });
  });

  test.each(shell === 'dash' ? ['1.6', '2'] : ['1.6'])(
    'with a login, ctr %s gets what is for those who have one; no argument and no file has it',
    async (version) => {
      const { user, password } = { user: 'robot$pull', password: `pa'ss "w$(id)\\ %s` };
      const accounts = [{ user, password, limit: undefined }];
      const { registry } = await serveFakeHub({ images: [{ ...pause, private: true }], accounts });
      const real = version === '2' ? join(await buildModule(containerd2, building), 'ctr') : '/usr/bin/ctr';
      copyFileSync(real, node.path('usr/bin/ctr.real'));
      const usual = readFileSync(node.path('usr/bin/ctr'));
      rmSync(node.path('usr/bin/ctr'));
      writeFileSync(
        node.path('usr/bin/ctr'),
        '#!/bin/sh\nprintf "%s\\n" "$*" >>/tmp/seen\nexec /usr/bin/ctr.real "$@"\n',
        { mode: 0o755 },
      );
      const plain = { hosts: 'plain-http', hostsFolder: undefined } as const;
      const as = (text: string) => (): UsableLogin => ({ user, password: new Password(text) });

      expect(await ask(`${registry}/base/pause:3.6`, plain)).toEqual({ state: 'denied' });
      expect(await ask(`${registry}/base/pause:3.6`, plain, as('wrong'))).toEqual({ state: 'denied' });
      expect(await ask(`${registry}/base/pause:3.6`, plain, as(password))).toEqual({ ...found, user });
      const seen = readFileSync(node.path('tmp/seen'), 'utf8');
      expect(seen).toContain(`--user ${user}`);
      expect(seen).not.toContain("pa'ss");
      writeFileSync(node.path('usr/bin/ctr'), usual, { mode: 0o755 });
    },
  );

  test('every registry of the table of regions is asked as it is called; a stand-in says which that was', async () => {
    const flat = { ...pause, repository: 'container_service/pause' };
    const { registry } = await serveFakeHub({ images: [flat] });
    const asked: string[] = [];
    // containerd names the registry that a mirror stands in for (docs/hosts.md, `ns`).
    const front = await serveUntilTestEnds(({ url = '' }, response) => {
      asked.push(new URL(url, 'http://front').searchParams.get('ns') ?? '');
      response.writeHead(307, { location: `http://${registry}${url}` }).end();
    });
    put('etc/containerd/certs.d/_default/hosts.toml', `server = "http://127.0.0.1:1"\n[host."http://${front}"]\n`);
    onTestFinished(() => rmSync(node.path('etc/containerd/certs.d/_default'), { recursive: true }));

    const references = table.regions.flatMap(({ domain, region }) => {
      const cluster = { server: `https://1a2b3c4d-nks-${region}.${domain}:6443`, isNks: true };
      return registryCandidates('registry.k8s.io/pause:3.6', { names: [], plainHttp: [] }, cluster)
        .filter(({ kind }) => kind === 'region')
        .map(({ reference }) => reference);
    });
    const hosts = table.regions.flatMap(({ host }) => [host, `${table.withoutGateway}${host}`]);
    expect(new Set(references)).toEqual(new Set(hosts.map((host) => `${host}/container_service/pause:3.6`)));
    for (const reference of new Set(references)) expect(await ask(reference), reference).toEqual(found);
    expect(new Set(asked)).toEqual(new Set(hosts));
  });

  test('a registry that sends another manifest, half of one, one too large, or a page, has said nothing', async () => {
    const other = makeImage({ repository: 'base/pause', tag: '3.6', layer: emptyLayer, command: ['/bin/evil'] });
    const sends = (body: Buffer, length = body.length): RequestListener => {
      const type = 'application/vnd.oci.image.manifest.v1+json';
      return ({ method }, response) => {
        response.writeHead(200, { 'content-type': type, 'content-length': length, 'docker-content-digest': digest });
        if (method === 'HEAD') response.end();
        else if (length > body.length) response.write(body, () => response.destroy());
        else response.end(body);
      };
    };
    const answers = await Promise.all(
      [
        sends(other.manifest),
        sends(pause.manifest.subarray(0, 100), pause.manifest.length),
        sends(Buffer.from('<p>')),
        // Of which containerd says that it was not found.
        sends(Buffer.alloc(5 * 1024 * 1024, ' ')),
      ].map(async (handle) => {
        const registry = await serveUntilTestEnds(handle);
        const plain = { hosts: 'plain-http', hostsFolder: undefined } as const;
        return [await ask(`${registry}/base/pause@${digest}`, plain), await ask(`${registry}/base/pause:3.6`, plain)];
      }),
    );

    expect(answers.map(([byDigest]) => byDigest?.state)).toEqual(['unknown', 'unknown', 'unknown', 'unknown']);
    // Under a tag it is another image, and said to be that one, whatever the header calls it.
    expect(answers[0]?.[1]).toMatchObject({ state: 'found', digest: digestOf(other.manifest) });
    expect(answers.slice(1).map(([, byTag]) => byTag?.state)).toEqual(['unknown', 'unknown', 'unknown']);
  });

  test('of an index the image for the node’s own platform, and none where it has none', async () => {
    const parts = [{ digest, size: pause.manifest.length, platform: { os: 'linux', architecture: 'amd64' } }];
    const index = {
      ...pause,
      mediaType: 'application/vnd.oci.image.index.v1+json',
      manifest: Buffer.from(JSON.stringify({ schemaVersion: 2, manifests: parts })),
    };
    const { registry } = await serveFakeHub({ images: [index, { ...pause, tag: 'amd64' }] });
    const plain = { hosts: 'plain-http', hostsFolder: undefined } as const;

    expect(await ask(`${registry}/base/pause:3.6`, plain)).toEqual({ ...found, digest: digestOf(index.manifest) });
    expect(await ask(`${registry}/base/pause:3.6`, { ...plain, platform: 'linux/arm64' })).toEqual({
      state: 'other-platform',
    });
  });

  test('a ctr that others than root can change is not started; one that is not there is told', async () => {
    const usual = node.path('usr/bin/ctr');
    chmodSync(usual, 0o777);
    expect(await ask('127.0.0.1:1/a:1')).toMatchObject({ detail: expect.stringContaining('others than root') });
    chmodSync(usual, 0o644);
    expect(await ask('127.0.0.1:1/a:1')).toMatchObject({ detail: expect.stringContaining('no ctr') });
    chmodSync(usual, 0o755);
  });
});
