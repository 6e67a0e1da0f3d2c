import { spawnSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPrivateRoot, type PrivateRoot } from '../../../test/private-root.ts';
import { makeSshKey, type SshKey } from '../../../test/ssh-keys.ts';
import { startSshd, type Sshd } from '../../../test/sshd.ts';
import { hostId } from './host-id.ts';
import { KnownHosts, type HostKeyVerdict } from './known-hosts.ts';
import { readKnownHosts } from './read-known-hosts.ts';

type Marker = '' | '@revoked ' | '@cert-authority ';

interface Line {
  readonly marker: Marker;
  readonly hosts: string;
  readonly key: number;
}

function fileText(lines: readonly Line[], keys: readonly SshKey[]): string {
  return lines.map(({ marker, hosts, key }) => `${marker}${hosts} ${keys[key]?.publicLine}\n`).join('');
}

function blobOf(key: SshKey | undefined): Buffer {
  return Buffer.from(key?.publicLine.split(' ')[1] ?? '', 'base64');
}

/** As ssh-keygen -H writes a name; the salt plays no part. */
function hashed(name: string): string {
  const salt = Buffer.alloc(20, 7);
  return `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(name).digest('base64')}`;
}

/** Lines that speak of a host in every way there is, on two ports and on none; and of others. */
function linesFor(host: string, ports: readonly number[], keys: number): fc.Arbitrary<readonly Line[]> {
  const names = [host, ...ports.map((port) => hostId(host, port))];
  const patterns = [...names, host.toUpperCase(), '*', `[${host}]:*`, `${host.slice(0, -1)}?`, '?', 'other'];
  const word = fc.constantFrom(...patterns, ...patterns.map((pattern) => `!${pattern}`));
  const list = fc.array(word, { minLength: 1, maxLength: 3 }).map((words) => words.join(','));
  return fc.array(
    fc.record({
      marker: fc.constantFrom<Marker>('', '', '', '@revoked ', '@cert-authority '),
      hosts: fc.oneof(fc.constantFrom(...names), fc.constantFrom(...names.map(hashed)), list),
      key: fc.nat(keys - 1),
    }),
    { minLength: 1, maxLength: 5 },
  );
}

async function ours(
  path: string,
  host: string,
  port: number,
  key: SshKey | undefined,
): Promise<HostKeyVerdict['state']> {
  return new KnownHosts(await readKnownHosts([path])).check(host, port, blobOf(key)).state;
}

describe('what is said of a key, beside OpenSSH', () => {
  let folder: string;
  let keys: readonly SshKey[];
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'nodemend-host-key-'));
    const types = ['ed25519', 'ed25519', 'ecdsa', 'rsa'] as const;
    keys = types.map((type, index) => makeSshKey(folder, `key-${index}`, { type }));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  /** Which lines OpenSSH takes for a name: `ssh-keygen -F` tells their numbers. */
  function spokenOf(lines: readonly Line[], path: string, name: string): readonly Line[] {
    const { stdout } = spawnSync('ssh-keygen', ['-F', name, '-f', path], { encoding: 'utf8' });
    return [...stdout.matchAll(/found: line (\d+)/g)].flatMap(([, number]) => lines[Number(number) - 1] ?? []);
  }

  /** The rules of check_host_key and check_key_in_hostkeys (sshconnect.c, hostfile.c), on lines that OpenSSH chose. */
  function status(lines: readonly Line[], key: number): 'ok' | 'new' | 'changed' | 'revoked' {
    if (lines.some((line) => line.marker === '@revoked ' && line.key === key)) return 'revoked';
    const plain = lines.filter(({ marker }) => marker === '');
    if (plain.some((line) => line.key === key)) return 'ok';
    return plain.length > 0 ? 'changed' : 'new';
  }

  it('for generated files, on port 22 and on two others', async () => {
    const host = 'node-a';
    const ports = [2201, 2202];
    const property = fc.asyncProperty(linesFor(host, ports, 4), fc.constantFrom(22, ...ports), async (lines, port) => {
      const path = join(folder, 'known_hosts');
      writeFileSync(path, fileText(lines, keys));
      const here = spokenOf(lines, path, hostId(host, port));
      const plainName = port === 22 ? here : spokenOf(lines, path, host);
      for (const [index, key] of keys.entries()) {
        const said = await ours(path, host, port, key);
        const first = status(here, index);
        const theirs = first === 'new' && status(plainName, index) === 'ok' ? 'ok' : first;
        // The one place where ours is stricter: revoked for the plain name is revoked on every port.
        if (said === 'revoked') expect([status(here, index), status(plainName, index)]).toContain('revoked');
        else expect(meaning[said], `${said} of key ${index}`).toBe(theirs);
      }
    });
    await fc.assert(property, { numRuns: 150, interruptAfterTimeLimit: 6000 });
  });
});

const meaning = {
  known: 'ok',
  unknown: 'new',
  'certificate-only': 'new',
  changed: 'changed',
  'other-types': 'changed',
  revoked: 'revoked',
} as const;

describe('real servers on two ports of one address', () => {
  let root: PrivateRoot;
  let servers: readonly Sshd[];
  beforeAll(async () => {
    root = await createPrivateRoot();
    servers = [await startSshd(root), await startSshd(root)];
  });
  afterAll(async () => {
    for (const server of servers) await server.close();
    await root.close();
  });

  /** Whether the real ssh goes on to log in; it cannot, because no key is authorized. */
  function sshAccepts(path: string, { address, port }: Sshd): boolean {
    const options = ['StrictHostKeyChecking=yes', `UserKnownHostsFile=${path}`, 'GlobalKnownHostsFile=/dev/null'];
    const words = [...options, 'BatchMode=yes', 'IdentityFile=/dev/null', 'IdentityAgent=none', 'UpdateHostKeys=no'];
    const args = ['-F', '/dev/null', '-p', String(port), ...words.flatMap((word) => ['-o', word])];
    const { stderr } = spawnSync('ssh', [...args, `root@${address}`, 'true'], { encoding: 'utf8' });
    if (stderr.includes('Host key verification failed')) return false;
    expect(stderr).toContain('Permission denied');
    return true;
  }

  async function bothAnswers(lines: readonly Line[], server: Sshd): Promise<readonly [string, boolean]> {
    const path = join(root.shared, 'known_hosts');
    writeFileSync(
      path,
      fileText(
        lines,
        servers.map(({ hostKeys }) => hostKeys[0]).filter((key) => key !== undefined),
      ),
    );
    return [await ours(path, server.address, server.port, server.hostKeys[0]), sshAccepts(path, server)];
  }

  const plain = (hosts: string, key: number): Line => ({ marker: '', hosts, key });

  it('a key that is pinned for a port decides for that port, whatever the plain name has', async () => {
    const [one, two] = servers;
    if (!one || !two) throw new Error('no servers');
    const address = '127.0.0.1';
    const pinned = plain(hostId(address, one.port), 1);

    // Server 0 is impersonated: its port is pinned to key 1, and it shows the key that port 22 has.
    expect(await bothAnswers([pinned, plain(address, 0)], one)).toEqual(['changed', false]);
    expect(await bothAnswers([{ ...pinned, hosts: hashed(pinned.hosts) }, plain(address, 0)], one)).toEqual([
      'changed',
      false,
    ]);
    expect(await bothAnswers([plain(`[${address}]:*`, 1), plain(address, 0)], one)).toEqual(['changed', false]);
    expect(await bothAnswers([plain(hostId(address, two.port), 1), plain(address, 0)], one)).toEqual(['known', true]);
    expect(await bothAnswers([plain(hostId(address, one.port), 0), plain(address, 1)], one)).toEqual(['known', true]);
    expect(await bothAnswers([{ ...pinned, marker: '@cert-authority ' }, plain(address, 0)], one)).toEqual([
      'known',
      true,
    ]);
  });

  it('for generated files', async () => {
    const ports = servers.map(({ port }) => port);
    const property = fc.asyncProperty(linesFor('127.0.0.1', ports, 2), fc.nat(1), async (lines, index) => {
      const server = servers[index];
      if (!server) throw new Error('no server');
      const [said, accepted] = await bothAnswers(lines, server);
      if (said !== 'revoked') expect(said === 'known').toBe(accepted);
      else if (accepted) expect(lines.some(({ marker, key }) => marker === '@revoked ' && key === index)).toBe(true);
    });
    await fc.assert(property, { numRuns: 40, interruptAfterTimeLimit: 6000 });
  });
});
