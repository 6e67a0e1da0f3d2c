import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { askCredentialHelper, type HeldLogin } from './docker-credential.ts';

/** Asks a program that says what the test says. */
async function ask(body: string, registry = 'ghcr.io'): Promise<{ readonly held: HeldLogin; readonly asked: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'nodemend-credential-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const program = join(folder, 'docker-credential-practice');
  writeFileSync(program, `#!/bin/sh\n{ echo "$@"; cat; } > '${folder}/asked'\n${body}\n`);
  chmodSync(program, 0o755);
  const held = await askCredentialHelper({
    helper: 'practice',
    registry,
    environment: { PATH: `${folder}:${process.env['PATH'] ?? ''}` },
    signal: new AbortController().signal,
  });
  return { held, asked: readFileSync(join(folder, 'asked'), 'utf8') };
}

test('it is asked as Docker asks it, and the password is not shown', async () => {
  const { held, asked } = await ask(`printf '{"ServerURL":"x","Username":"kim","Secret":"hunter2"}'`);
  expect([held.user, held.password.reveal(), asked]).toEqual(['kim', 'hunter2', 'get\nghcr.io']);
  expect(inspect(held, { depth: null })).not.toContain('hunter2');
});

test('Docker Hub is asked for by the key that docker login writes', async () => {
  const { asked } = await ask(`printf '{"Username":"kim","Secret":"s"}'`, 'docker.io');
  expect(asked).toBe('get\nhttps://index.docker.io/v1/');
});

test.each<[string, string, string]>([
  [
    'it has none',
    'echo "credentials not found in native keychain"; exit 1',
    'credentials not found in native keychain',
  ],
  ['it says nothing', 'exit 3', 'exit 3'],
  ['its answer is not JSON', 'echo hunter2', 'its answer has no Username and Secret'],
  ['its answer is empty', `printf '{"Username":"kim","Secret":""}'`, 'its answer has no Username and Secret'],
  ['it has a token for Docker alone', `printf '{"Username":"<token>","Secret":"hunter2"}'`, 'identity token'],
])('%s', async (_, body, problem) => {
  const error: unknown = await ask(body).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({
    code: 'CREDENTIAL_HELPER_FAILED',
    params: { problem: expect.stringContaining(problem) as string },
  });
  expect(inspect(error, { depth: null })).not.toContain('hunter2');
});
