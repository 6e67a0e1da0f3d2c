import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeSshKey, type SshKey } from '../../../test/ssh-keys.ts';
import { KnownHosts } from './known-hosts.ts';
import { readKnownHosts } from './read-known-hosts.ts';

/** OpenSSH itself says which lines speak of a host: `ssh-keygen -F`. */
describe('known_hosts, read as OpenSSH reads it', () => {
  let folder: string;
  let key: SshKey;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'nodemend-ssh-keygen-'));
    key = makeSshKey(folder, 'host');
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const part = fc.string({ unit: fc.constantFrom('a', 'b', 'B', '1', '.', '-', '*', '?'), minLength: 1, maxLength: 5 });
  const hosts = fc
    .array(fc.tuple(fc.boolean(), part), { minLength: 1, maxLength: 3 })
    .map((parts) => parts.map(([negated, text]) => (negated ? `!${text}` : text)).join(','));
  const host = fc
    .string({ unit: fc.constantFrom('a', 'b', '1', '.', '-'), minLength: 1, maxLength: 4 })
    .filter((text) => !text.startsWith('-'));

  const oursAndTheirs = async (path: string, name: string): Promise<readonly [boolean, boolean]> => {
    const blob = Buffer.from(key.publicLine.split(' ')[1] ?? '', 'base64');
    const ours = new KnownHosts(await readKnownHosts([path])).check(name, 22, blob).state === 'known';
    const theirs = spawnSync('ssh-keygen', ['-F', name, '-f', path], { encoding: 'utf8' }).stdout !== '';
    return [ours, theirs];
  };

  it('for patterns', async () => {
    const property = fc.asyncProperty(hosts, host, async (field, name) => {
      const path = join(folder, 'patterns');
      writeFileSync(path, `${field} ${key.publicLine}\n`);
      const [ours, theirs] = await oursAndTheirs(path, name);
      expect(ours).toBe(theirs);
    });
    await fc.assert(property, { numRuns: 200 });
  });

  it('for names that OpenSSH hashed', async () => {
    const property = fc.asyncProperty(fc.array(host, { minLength: 1, maxLength: 3 }), host, async (names, name) => {
      const path = join(folder, 'hashed');
      writeFileSync(path, names.map((text) => `${text} ${key.publicLine}\n`).join(''));
      execFileSync('ssh-keygen', ['-q', '-H', '-f', path], { stdio: 'ignore' });
      const [ours, theirs] = await oursAndTheirs(path, name);
      expect(ours).toBe(theirs);
      expect(ours).toBe(names.includes(name));
    });
    await fc.assert(property, { numRuns: 40 });
  });
});
