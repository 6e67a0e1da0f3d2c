import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { digestOf, emptyLayer, makeImage } from '../../../testbed/fakes/docker-hub/images.ts';
import { serveFakeHub, serveUntilTestEnds } from '../../../testbed/fakes/docker-hub/serve-fake-hub.ts';
import type { SourceAnswer } from '../../images/sources/source-answer.ts';
import type { UsableLogin } from '../../registry/docker-config/login-for.ts';
import { Password } from '../../registry/docker-config/password.ts';
import { openTransport } from '../../transport/open-transport.ts';
import { defaultTransportSettings } from '../../transport/settings.ts';
import httpScript from '../rate-limit/http-by-node.sh?raw';
import { askSources } from './ask-sources.ts';

/** The real curl, run as a node with Docker runs it, against the fake registry on the loopback. */
const pause = makeImage({ repository: 'base/pause', tag: '3.6', layer: emptyLayer });
const digest = digestOf(pause.manifest);

function ask(...references: readonly string[]): Promise<readonly (SourceAnswer | undefined)[]> {
  return askAs(undefined, ...references);
}

async function askAs(
  login: UsableLogin | undefined,
  ...references: readonly string[]
): Promise<readonly (SourceAnswer | undefined)[]> {
  const transport = openTransport('local', defaultTransportSettings({}, undefined));
  onTestFinished(() => transport.close());
  const answers = await askSources({
    transport,
    targets: [{ name: 'docker-1', address: 'localhost', identityFiles: [] }],
    questions: references.map((reference) => ({
      node: 'docker-1',
      runtime: 'docker',
      reference,
      platform: 'linux/amd64',
      hosts: 'plain-http',
      hostsFolder: undefined,
    })),
    loginOf: () => login,
    signal: new AbortController().signal,
  });
  return references.map((reference) => answers.get('docker-1')?.get(reference));
}

test('behind a redirect, behind a token, what is there, what is not, and what is for those who log in', async () => {
  const { registry } = await serveFakeHub({ images: [pause, { ...pause, repository: 'secret', private: true }] });
  // As registry.k8s.io does: no login goes along, and none is asked for there.
  const open = await serveUntilTestEnds((_, response) => response.end(pause.manifest));
  const front = await serveUntilTestEnds(({ url }, response) => {
    response.writeHead(307, { location: `http://${open}${url}` }).end();
  });

  expect(
    await ask(
      `${front}/base/pause:3.6`,
      `${registry}/base/pause@${digest}`,
      `${registry}/base/pause:3.7`,
      `${registry}/secret:3.6`,
    ),
  ).toMatchObject([{ state: 'found', digest }, { state: 'found', digest }, { state: 'absent' }, { state: 'denied' }]);
});

test('a registry leads the node to no file, and to one address at a time', async () => {
  const asked: string[] = [];
  const lists = await serveUntilTestEnds(({ url = '' }, response) => {
    asked.push(url);
    response.writeHead(404).end();
  });
  const leadsTo = (location: string) =>
    serveUntilTestEnds((_, response) => response.writeHead(307, { location }).end());
  const [file, many, ftp] = await Promise.all(
    ['file:///etc/passwd', `http://${lists}/[1-9]`, 'ftp://127.0.0.1/x'].map(leadsTo),
  );

  expect(await ask(...[file, ftp].map((host) => `${host}/base/pause:3.6`))).toMatchObject(
    Array(2).fill({ state: 'unknown', reason: 'malformed' }),
  );
  expect(await ask(`${many}/base/pause:3.6`)).toEqual([{ state: 'absent' }]);
  expect(asked).toEqual(['/[1-9]']);
});

test('with a login what is for those who log in, and nothing with a wrong one', async () => {
  const { user, password } = { user: 'robot$pull', password: `pa'ss "w$(id)\\` };
  const accounts = [{ user, password, limit: undefined }];
  const { registry } = await serveFakeHub({ images: [{ ...pause, private: true }], accounts });

  const as = (text: string): UsableLogin => ({ user, password: new Password(text) });
  expect(await askAs(as(password), `${registry}/base/pause:3.6`)).toMatchObject([{ state: 'found', digest, user }]);
  expect(await askAs(as('wrong'), `${registry}/base/pause:3.6`)).toEqual([{ state: 'denied' }]);
});

test('without curl nothing is sent with a login: what wget is given every user of the node can see', () => {
  const folder = mkdtempSync(join(tmpdir(), 'nodemend-wget-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'wget'), '#!/bin/sh\necho called >&2\n', { mode: 0o755 });
  const run = (program: string): string => {
    const end = spawnSync('/bin/sh', ['-c', httpScript, 'sh', 'GET', 'http://127.0.0.1:1/', '1', program], {
      env: { PATH: folder },
      encoding: 'utf8',
      input: 'header = "authorization: Basic cm9ib3Q6"\n',
    });
    return `${end.status} ${end.stderr.includes('called')}`;
  };
  expect(run('curl')).toBe('127 false');
});

test('a registry that cannot be reached is asked once, whatever else would be asked of it', async () => {
  const [first, second] = await ask('127.0.0.1:1/base/pause:3.6', '127.0.0.1:1/base/proxy:1');

  expect(first).toMatchObject({ state: 'unknown', reason: 'unreachable' });
  expect(second).toBe(first);
});

test('another manifest than the one that was asked for by its digest says nothing', async () => {
  const registry = await serveUntilTestEnds((_, response) => {
    response.writeHead(200, { 'docker-content-digest': digest }).end('{"schemaVersion":2}');
  });

  expect(await ask(`${registry}/base/pause@${digest}`)).toMatchObject([{ state: 'unknown', reason: 'malformed' }]);
});
