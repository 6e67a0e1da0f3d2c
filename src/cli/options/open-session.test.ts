import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { contextIn, recordedOutput } from '../testing/run-in-process.ts';
import { openSession, type CommandSession } from './open-session.ts';
import type { SessionOptions } from './session-options.ts';

const folder = mkdtempSync(join(tmpdir(), 'nodemend-options-'));
afterAll(() => rmSync(folder, { recursive: true }));
const context = contextIn({ workingFolder: folder }, recordedOutput().output);

function opened(options: SessionOptions): Promise<CommandSession> {
  return openSession(context, options, 'diagnose');
}

test('a next command repeats what chose cluster, nodes and access, and nothing else', async () => {
  writeFileSync(join(folder, 'c.yaml'), '{}\n');
  const session = await opened({
    hosts: 'hosts',
    nodes: 'db-[1-2]',
    via: 'ssh',
    user: 'ops',
    port: '22',
    identity: ['a', 'b'],
    bastion: 'gate',
    knownHosts: ['k'],
    hostKeys: 'accept-new',
    timeout: '30',
    connectTimeout: '5',
    lang: 'ko',
  });

  expect(session.repeat).toEqual([
    '--hosts',
    'hosts',
    '--nodes',
    'db-[1-2]',
    '--via',
    'ssh',
    '--user',
    'ops',
    '--port',
    '22',
    '--identity',
    'a',
    '--identity',
    'b',
    '--bastion',
    'gate',
    '--known-hosts',
    'k',
    '--host-keys',
    'accept-new',
  ]);
  expect((await opened({ via: 'pod', podImage: 'localhost/box', podNamespace: 'ops' })).repeat).toEqual([
    '--via',
    'pod',
    '--pod-image',
    'localhost/box',
    '--pod-namespace',
    'ops',
  ]);
  expect(
    (
      await opened({
        config: 'c.yaml',
        kubeconfig: 'k',
        context: 'c',
        selector: 'a=b',
        nodeGroup: 'g',
      })
    ).repeat,
  ).toEqual(['--config', 'c.yaml', '--kubeconfig', 'k', '--context', 'c', '-l', 'a=b', '--node-group', 'g']);
});

test.each<readonly [SessionOptions, string]>([
  [{ timeout: '0' }, '--timeout'],
  [{ port: '99999' }, '--port'],
])('%j is refused before anything is opened', async (options, typed) => {
  await expect(openSession(context, options, 'diagnose')).rejects.toMatchObject({
    code: 'USAGE',
    params: { context: 'number', typed, command: 'diagnose' },
  });
});
