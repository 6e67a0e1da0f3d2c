import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createAuthority } from '../../../kubernetes/testing/authority.ts';
import { runInProcess, type CommandEnd } from '../../../cli/testing/run-in-process.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nodemend-mirrors-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const run = (...args: readonly string[]): Promise<CommandEnd> => runInProcess(args, { workingFolder: folder });
const hub = ['--mirror', 'docker.io=https://mirror.example:5000'] as const;

describe.each(['plan', 'apply'])('%s', (command) => {
  test.each([
    [[...hub], '--mirror', '--remedy mirror'],
    [['--mirror-only'], '--mirror-only', '--remedy mirror'],
    [['--mirror-ca', 'ca.crt'], '--mirror-ca', '--remedy mirror'],
    [['--remedy', 'mirror'], '--remedy mirror', '--mirror'],
  ])('%j alone is not enough', async (args, typed, other) => {
    expect((await run(command, 'image-pull', ...args)).error).toMatchObject({
      code: 'USAGE',
      params: { context: 'needs', command, typed, other },
    });
  });

  test('what names no mirror is told before anything is contacted, without its password', async () => {
    const { error } = await run(
      command,
      'image-pull',
      '--remedy',
      'mirror',
      '--mirror',
      'docker.io=https://user:planted-secret@m.example',
    );
    expect(error).toMatchObject({ code: 'MIRROR_INVALID', params: { context: 'password' } });
    expect((error as Error).message).not.toContain('planted-secret');
    expect((await run(command, 'image-pull', '--remedy', 'mirror', '--mirror', 'docker.io')).error).toMatchObject({
      code: 'MIRROR_INVALID',
      params: { context: 'form' },
    });
    expect(
      (
        await run(
          command,
          'image-pull',
          '--remedy',
          'mirror',
          ...hub,
          '--mirror',
          'index.docker.io=https://other.example',
        )
      ).error,
    ).toMatchObject({ code: 'MIRROR_INVALID', params: { context: 'twice', value: 'docker.io' } });
  });

  test.each([
    ['content', 'no certificate\n'],
    ['content', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'],
    ['key', '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n'],
  ])('a file that is not an authority (%s) goes onto no node', async (context, text) => {
    writeFileSync(join(folder, 'ca.crt'), text);
    expect(
      (await run(command, 'image-pull', '--remedy', 'mirror', ...hub, '--mirror-ca', 'ca.crt')).error,
    ).toMatchObject({ code: 'MIRROR_AUTHORITY_INVALID', params: { file: 'ca.crt', context } });
  });

  test('nor one that cannot be read', async () => {
    expect(
      (await run(command, 'image-pull', '--remedy', 'mirror', ...hub, '--mirror-ca', 'nosuch')).error,
    ).toMatchObject({ code: 'MIRROR_AUTHORITY_INVALID', params: { context: 'unreadable', fault: 'ENOENT' } });
  });
});

describe('user-script', () => {
  test('brings mirrors for new nodes where they are named, and nothing of them otherwise', async () => {
    writeFileSync(join(folder, 'ca.crt'), (await createAuthority('of a mirror')).certificate);
    const { code, data } = await run('user-script', 'image-pull', ...hub, '--mirror-ca', 'ca.crt');

    expect(code).toBe(0);
    expect(data).toContain(
      '== /etc/containerd/registry-config.json\n[\n  {\n    "registry": "docker.io",\n    "endpoint_list": [\n' +
        '      "https://mirror.example:5000",\n      "https://registry-1.docker.io"\n',
    );
    expect(data).toContain('== /etc/containerd/certs.d/docker.io/hosts.toml\n');
    expect(data).toContain('-----BEGIN CERTIFICATE-----');
    expect((await run('user-script')).data).not.toContain('image_pull');
    expect((await run('user-script', ...hub)).data).toMatch(/nodemend_run container-logs [^]*nodemend_run image-pull /);
  });

  test('a certificate alone belongs to no mirror', async () => {
    expect((await run('user-script', '--mirror-only')).error).toMatchObject({
      code: 'USAGE',
      params: { context: 'needs', other: '--mirror' },
    });
  });
});
