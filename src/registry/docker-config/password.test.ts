import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { Password } from './password.ts';

const password = new Password('hunter2-Geheim');

test('it gets out by its name alone', () => {
  expect(password.reveal()).toBe('hunter2-Geheim');
  const printed = [
    String(password),
    password.toString(),
    JSON.stringify({ password }),
    inspect({ password }, { depth: null, showHidden: true }),
    JSON.stringify(Object.entries(password)),
  ];
  for (const text of printed) expect(text).not.toContain('Geheim');
});

test('an error that has it as its cause does not show it', () => {
  expect(inspect(new Error('login failed', { cause: { password } }), { depth: null })).not.toContain('Geheim');
});
