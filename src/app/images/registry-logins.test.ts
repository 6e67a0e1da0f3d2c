import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { someImage } from '../../actions/image/testing/some-image.ts';
import type { NodemendError } from '../../errors/nodemend-error.ts';
import { errorText } from '../../errors/text.ts';
import { passwordsOf } from './plan-restore.ts';
import { readRegistryLogins } from './registry-logins.ts';

const auth = (text: string): object => ({ auth: Buffer.from(text).toString('base64') });
const digest = `sha256:${'a'.repeat(64)}`;

let file: string;
beforeEach(() => {
  const folder = mkdtempSync(join(tmpdir(), 'nodemend-logins-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  file = join(folder, 'config.json');
});

function write(auths: unknown): void {
  writeFileSync(file, typeof auths === 'string' ? auths : JSON.stringify({ auths }), { mode: 0o600 });
}

test('the login that kubelet would try first, and none of a credential store', async () => {
  write({
    'registry.example': auth('robot:one'),
    'registry.example/team': auth('robot$team:t:w"o'),
    'stored.example': {},
    'odd.example': auth('robot:a\nb'),
    'https://index.docker.io/v1/': auth('hub:three'),
  });
  const loginOf = await readRegistryLogins(file);
  const shown = (reference: string): string => {
    const login = loginOf(reference);
    return login === undefined ? '-' : `${login.user} ${login.password.reveal()}`;
  };
  expect(
    ['registry.example/pause:1', `registry.example/team/a@${digest}`, 'docker.io/library/busybox:1'].map(shown),
  ).toEqual(['robot one', 'robot$team t:w"o', 'hub three']);
  expect(['other.example/a:1', 'stored.example/a:1', 'odd.example/a:1'].map(shown)).toEqual(['-', '-', '-']);
  expect(JSON.stringify(loginOf('registry.example/pause:1'))).not.toContain('one');
});

test('a pull gets the password of its own registry, where the plan names that user', async () => {
  write({ 'registry.example': auth('robot:one') });
  const loginOf = await readRegistryLogins(file);
  const from = (host: string, user?: string) =>
    ({
      from: 'registry',
      reference: `${host}/pause@${digest}`,
      hosts: 'runtime',
      ...(user === undefined ? {} : { login: { user } }),
    }) as const;
  const sources = [from('registry.example', 'robot'), from('registry.example', 'other'), from('registry.example')];
  const actions = [...sources, from('else.example', 'robot')].map((source, index) =>
    someImage({ id: String(index), digest, source }),
  );
  const secret = passwordsOf({ actions }, loginOf);
  expect(['0', '1', '2', '3', 'no'].map(secret)).toEqual(['one', undefined, undefined, undefined, undefined]);
});

test.each<[string, () => void, RegExp]>([
  ['that is not there', () => rmSync(file), /config\.json, the file of --authfile, does not exist\./u],
  ['that others can read', () => chmodSync(file, 0o640), /Other users can read .*\(mode 640\)/u],
  ['that is no file', () => (rmSync(file), mkdirSync(file)), /not a regular file/u],
  ['that is empty', () => write(''), /is empty/u],
  ['that is no JSON', () => write('secret{'), /not valid JSON/u],
  ['of another shape', () => write('{"auths":[]}'), /format of a Docker configuration/u],
  ['with an auth that is no base64', () => write({ 'a.example': { auth: 'c2VjcmV0*' } }), /not valid base64/u],
  ['with an auth that is none', () => write({ 'a.example': { auth: 'c2VjcmV0' } }), /not the base64 of USER:PASSWORD/u],
])('a file %s is refused, and nothing of it is shown', async (_, change, words) => {
  write({ 'registry.example': auth('robot:secret') });
  change();
  const refused = await readRegistryLogins(file).catch((error: unknown) => error);
  expect(refused).toMatchObject({ code: 'REGISTRY_LOGINS_UNUSABLE' });
  expect(String(refused)).toMatch(words);
  expect(String(refused)).not.toMatch(/secret|c2VjcmV0/u);
  // In the reader's language, and not in words of the system or of the program.
  const { code, params } = refused as NodemendError;
  expect(errorText('ko', code, params).cause).not.toMatch(/E[A-Z]{4,}|not-|auth-|wrong-/u);
});
