import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command, Option } from 'commander';
import { afterAll, expect, test } from 'vitest';
import { createTexts } from '../../app/texts/texts.ts';
import { buildProgram } from '../program.ts';
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

/** Each next command that is printed with what was typed of the one before it. */
const followed = [
  ['doctor', 'repeat', 'diagnose'],
  ['diagnose', 'repeat', 'diagnose'],
  ['diagnose', 'repeat', 'plan'],
  ['diagnose', 'repeatAccess', 'doctor'],
  ['plan', 'repeat', 'apply'],
  ['apply', 'repeat', 'apply'],
  ['apply', 'repeatAccess', 'verify'],
  ['apply', 'repeatAccess', 'resume'],
  ['apply', 'repeatAccess', 'undo'],
  ['reboot', 'repeat', 'reboot'],
  ['reboot', 'repeatAccess', 'resume'],
  ['undo', 'repeat', 'undo'],
  ['resume', 'repeat', 'resume'],
  ['resume', 'repeatAccess', 'verify'],
  ['verify', 'repeat', 'diagnose'],
  ['prune', 'repeat', 'prune'],
  ['container-logs diff', 'repeat', 'doctor'],
  ['container-logs diff', 'repeat', 'container-logs sync'],
  ['container-logs sync', 'repeat', 'plan'],
  ['container-logs sync', 'repeatAccess', 'verify'],
  ['pull-secret', 'repeat', 'pull-secret'],
  ['pull-secret', 'repeatAccess', 'undo'],
  ['admission-policy', 'repeat', 'admission-policy'],
  ['force-unlock', 'repeat', 'force-unlock'],
] as const;

test.each(followed)('what was typed of %s (%s) can be typed again of %s', async (before, which, after) => {
  const program = await buildProgram(createTexts('en', []), () => Promise.resolve());
  const optionsOf = (path: string): readonly Option[] => {
    let command: Command = program;
    for (const name of path.split(' ')) command = command.commands.find((child) => child.name() === name) ?? command;
    return command.options;
  };
  // What belongs to the command itself and not to the session is typed again by each in its own way.
  const ofCommand = before === 'pull-secret' || before === 'admission-policy' ? ['namespace'] : [];
  const typed = optionsOf(before)
    .map((option) => [option.attributeName(), valueOf(option)] as const)
    .filter(([key]) => !ofCommand.includes(key) && key !== 'hosts' && !key.startsWith('pod'));
  writeFileSync(join(folder, 'web'), '{}\n');
  const session = await opened(Object.fromEntries(typed));

  const flags = session[which].filter((word) => word.startsWith('-'));
  const known = optionsOf(after).flatMap(({ long, short }) => [long, short]);
  expect(flags).toContain('--config');
  expect(flags.filter((flag) => !known.includes(flag))).toEqual([]);
});

const numbers = ['--port', '--timeout', '--connect-timeout'];
const lists = ['--identity', '--known-hosts', '--use-secrets'];

function valueOf({ long = '', argChoices, required }: Option): unknown {
  if (!required) return true;
  if (lists.includes(long)) return ['web'];
  return argChoices?.[0] ?? (numbers.includes(long) ? '22' : 'web');
}
