import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { recordedOutput } from '../testing/run-in-process.ts';
import { askPassphrase } from './ask-passphrase.ts';
import type { TerminalInput } from './confirm.ts';
import { textsOf } from '../../app/testing/sample-report.ts';

const { t } = textsOf('en');
const { signal } = new AbortController();
const question = { path: '/home/kim/.ssh/id_ed25519', attempt: 1, signal };

/** The stand-in of a terminal on which something is typed. */
function typing(text: string): TerminalInput & { readonly closed: () => boolean } {
  const stream = new PassThrough();
  stream.write(text);
  let closed = false;
  return { stream, close: () => void (closed = true), closed: () => closed };
}

test('what was typed, and nothing of it on the screen', async () => {
  const { output, notes, data } = recordedOutput();
  const terminal = typing('s3cret phrase\n');

  expect(await askPassphrase(question, output.notes, t, () => terminal)).toBe('s3cret phrase');
  expect(notes()).toBe('Enter passphrase for /home/kim/.ssh/id_ed25519: \n');
  expect(data()).toBe('');
  expect(terminal.closed()).toBe(true);
});

test('a wrong one is said, and asked for three times at most', async () => {
  const { output, notes } = recordedOutput();

  await askPassphrase({ ...question, attempt: 2 }, output.notes, t, () => typing('again\n'));
  expect(notes()).toBe('Wrong passphrase. Enter passphrase for /home/kim/.ssh/id_ed25519: \n');
  expect(await askPassphrase({ ...question, attempt: 4 }, output.notes, t, () => typing('again\n'))).toBeUndefined();
  expect(notes()).toBe('Wrong passphrase. Enter passphrase for /home/kim/.ssh/id_ed25519: \n');
});

test('nothing typed, or nobody to ask', async () => {
  const { output, notes } = recordedOutput();

  expect(await askPassphrase(question, output.notes, t, () => undefined)).toBeUndefined();
  expect(notes()).toBe('');
  expect(await askPassphrase(question, output.notes, t, () => typing('\n'))).toBeUndefined();
});

test('Ctrl-C while it waits gives the terminal back', async () => {
  const controller = new AbortController();
  const terminal = typing('half of i');
  const asking = askPassphrase(
    { ...question, signal: controller.signal },
    recordedOutput().output.notes,
    t,
    () => terminal,
  );

  setImmediate(() => controller.abort(new DOMException('interrupted', 'AbortError')));

  await expect(asking).rejects.toMatchObject({ name: 'AbortError' });
  expect(terminal.closed()).toBe(true);
});

test('a terminal that goes away is not an answer', async () => {
  const terminal = typing('');
  const asking = askPassphrase(question, recordedOutput().output.notes, t, () => terminal);

  (terminal.stream as PassThrough).end();

  expect(await asking).toBeUndefined();
  expect(terminal.closed()).toBe(true);
});
