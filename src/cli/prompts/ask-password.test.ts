import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { contextIn, recordedOutput } from '../testing/run-in-process.ts';
import { passwordFromStdin, passwordFromTerminal } from './ask-password.ts';

test.each([
  ['secret\n', 'secret'],
  ['secret\r\n', 'secret'],
  ['secret', 'secret'],
  ['  two words \n\n', '  two words \n'],
])('%j: one newline at the end is not part of it', async (input, password) => {
  expect((await passwordFromStdin(Readable.from([input]))).reveal()).toBe(password);
});

test.each(['', '\n'])('%j is none', async (input) => {
  await expect(passwordFromStdin(Readable.from([input]))).rejects.toMatchObject({ code: 'PASSWORD_EMPTY' });
});

test('nobody to ask', async () => {
  const { output } = recordedOutput();
  const context = contextIn({}, output);
  await expect(
    passwordFromTerminal({ registry: 'ghcr.io', user: 'kim' }, context, context.texts.t, () => undefined),
  ).rejects.toMatchObject({ code: 'PASSWORD_MISSING' });
});
