import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createPrivateRoot, type PrivateRoot } from '../../../../test/private-root.ts';
import { userScript } from '../../../engine/user-script/user-script.ts';
import { parseMirror, type Mirror } from './mirror.ts';
import { bootstrap, bootstrapFiles } from './bootstrap.ts';
import { readHostsFile } from '../../../runtimes/containerd/hosts-file.ts';

let root: PrivateRoot;
beforeAll(async () => {
  root = await createPrivateRoot();
});
afterAll(async () => {
  await root.close();
});
beforeEach(() => {
  root.run('rm -rf /etc/containerd /usr/local/bin/containerd');
});

const mirrors = ['docker.io=https://harbor.example/v2/hub', 'quay.io=https://art.example/api/docker/quay'].map(
  (text): Mirror => {
    const parsed = parseMirror(text);
    if (typeof parsed === 'string') throw new Error(parsed);
    return { ...parsed, authority: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n', isOnly: false };
  },
);
const script = userScript(
  [{ problem: 'image-pull', bootstrap: { script: bootstrap.script, content: bootstrapFiles(mirrors) } }],
  '1.2.3',
);

/** A stand-in for the program alone, which says its release. */
const release = (words: string): string =>
  root.run(
    'mkdir -p /usr/local/bin && printf \'#!/bin/sh\\necho "%s"\\n\' "$1" >/usr/local/bin/containerd && chmod ' +
      '0755 /usr/local/bin/containerd',
    words,
  );

function run(shell: readonly string[] = ['sh']): { readonly status: number | null; readonly lines: readonly string[] } {
  const [program = '', ...args] = [...root.enter, ...shell];
  const { status, stdout, stderr } = spawnSync(program, [...args, '-s'], { input: script, encoding: 'utf8' });
  return { status, lines: `${stdout}${stderr}`.split('\n').filter((line) => line !== '') };
}

const files = (): readonly string[] =>
  root
    .run('find /etc/containerd -type f 2>/dev/null | sort')
    .split('\n')
    .filter((line) => line !== '');
const hosts = ['/etc/containerd/certs.d/docker.io/hosts.toml', '/etc/containerd/certs.d/quay.io/hosts.toml'];
const own = '/etc/containerd/registry-config.json';
const authority = '/etc/containerd/nodemend-mirror.crt';

describe.each([{ shell: ['dash'] }, { shell: ['bash'] }, { shell: ['busybox', 'sh'] }])('$shell', ({ shell }) => {
  test('containerd 1 gets the file that NKS merges, and no other', () => {
    release('containerd github.com/containerd/containerd v1.7.24 0123456789abcdef');

    expect(run(shell)).toEqual({
      status: 0,
      lines: [authority, own].map((file) => `nodemend: image-pull: ${file} was written`),
    });
    expect(files()).toEqual([authority, own]);
    expect(JSON.parse(root.run(`cat ${own}`))).toEqual([
      { registry: 'docker.io', endpoint_list: ['https://harbor.example/v2/hub', 'https://registry-1.docker.io'] },
      { registry: 'quay.io', endpoint_list: ['https://art.example/api/docker/quay/v2', 'https://quay.io'] },
      { registry: 'harbor.example', endpoint_list: ['https://harbor.example'], tls: { ca_file: authority } },
      { registry: 'art.example', endpoint_list: ['https://art.example'], tls: { ca_file: authority } },
    ]);
    expect(root.run('stat -c "%a %u %n" /etc/containerd/*')).toBe(`644 0 ${authority}\n644 0 ${own}\n`);
    expect(run(shell).lines).toEqual(
      [authority, own].map((file) => `nodemend: image-pull: ${file} is as it should be; nothing was written`),
    );
  });

  test('containerd 2 gets a folder for each registry', () => {
    release('containerd github.com/containerd/containerd/v2 v2.2.0 0123456789abcdef');

    expect(run(shell).status).toBe(0);
    expect(files()).toEqual([...hosts, authority]);
    expect(
      hosts.map((file) =>
        readHostsFile(root.run(`cat ${file}`))?.hosts.map(({ url, overridePath, files: trusted }) => ({
          url,
          overridePath,
          trusted,
        })),
      ),
    ).toEqual([
      [{ url: 'https://harbor.example/v2/hub', overridePath: true, trusted: [authority] }],
      [{ url: 'https://art.example/api/docker/quay', overridePath: false, trusted: [authority] }],
    ]);
  });

  test('where there is none yet, each release finds its own', () => {
    root.run('mv /usr/bin/containerd /run/containerd-away 2>/dev/null || :');
    expect(run(shell)).toMatchObject({
      status: 0,
      lines: expect.arrayContaining([expect.stringContaining('containerd is not installed yet')]),
    });
    expect(files()).toEqual([...hosts, authority, own]);
    root.run('mv /run/containerd-away /usr/bin/containerd 2>/dev/null || :');
  });

  test('what somebody else has put there stays, and the part says that it is not done', () => {
    release('containerd github.com/containerd/containerd v1.7.24 0123456789abcdef');
    root.run(`mkdir -p /etc/containerd && echo '[]' >${own}`);
    const { status, lines } = run(shell);

    expect(status).toBe(1);
    expect(lines).toContainEqual(expect.stringContaining(`${own} already exists and is not from nodemend`));
    expect(root.run(`cat ${own}`)).toBe('[]\n');
  });
});
