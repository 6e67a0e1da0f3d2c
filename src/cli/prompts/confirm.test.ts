import { execFile } from 'node:child_process';
import { PassThrough } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { confirm, type TerminalInput } from './confirm.ts';
import { createOutput, type OutputStream } from '../render/output.ts';
import { textsOf } from '../../app/testing/sample-report.ts';

const run = promisify(execFile);
const options = {
  question: 'Apply plan 3f2a91c7 to 200 nodes.',
  command: 'nodemend apply plan.json --yes',
  signal: new AbortController().signal,
};

/** A stream that collects what is written. */
function collector(): OutputStream & { readonly text: () => string } {
  let all = '';
  return { write: (text) => void (all += text), on: () => undefined, text: () => all };
}

function notesOf(stream: OutputStream): ReturnType<typeof createOutput>['notes'] {
  return createOutput(collector(), stream, {}).notes;
}

describe('a terminal that answers (its stand-in)', () => {
  const answering = (text: string): TerminalInput & { readonly closed: () => boolean } => {
    const stream = new PassThrough();
    stream.end(text);
    let closed = false;
    return { stream, close: () => void (closed = true), closed: () => closed };
  };

  test('yes is consent', async () => {
    const written = collector();
    const terminal = answering('yes\n');

    await confirm(options, notesOf(written), textsOf('en').t, () => terminal);

    expect(written.text()).toBe('Apply plan 3f2a91c7 to 200 nodes.\nType yes to continue: ');
    expect(terminal.closed()).toBe(true);
  });

  test.each(['no\n', '\n', 'y\n', 'yes please\n', ''])('%j is not', async (answer) => {
    const terminal = answering(answer);

    await expect(confirm(options, notesOf(collector()), textsOf('en').t, () => terminal)).rejects.toMatchObject({
      code: 'APPROVAL_DECLINED',
      exitCode: 8,
    });
    expect(terminal.closed()).toBe(true);
  });

  test('Ctrl-C while waiting', async () => {
    const controller = new AbortController();
    const stream = new PassThrough();
    const waiting = confirm({ ...options, signal: controller.signal }, notesOf(collector()), textsOf('ko').t, () => ({
      stream,
      close: () => undefined,
    }));

    setImmediate(() => controller.abort(new DOMException('interrupted', 'AbortError')));

    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
  });
});

test('nobody to ask: refused, with the way to approve', async () => {
  const asking = confirm(options, notesOf(collector()), textsOf('en').t, () => undefined);

  await expect(asking).rejects.toMatchObject({
    code: 'APPROVAL_MISSING',
    params: { command: 'nodemend apply plan.json --yes' },
    exitCode: 8,
  });
});

describe('a real process', () => {
  const program = `
    import { confirm } from ${JSON.stringify(fileURLToPath(new URL('confirm.ts', import.meta.url)))};
    const notes = { write: (text) => process.stderr.write(text) };
    const options = { question: 'Q', command: 'C', signal: new AbortController().signal };
    await confirm(options, notes, (key) => key).then(() => console.log('approved'), (error) => console.log(error.code));
  `;

  test('without a controlling terminal nothing is read from the pipe', async () => {
    const child = run('setsid', [process.execPath, '--input-type=module', '-e', program]);
    child.child.stdin?.end('yes\n');

    expect((await child).stdout).toBe('APPROVAL_MISSING\n');
  });

  // `script` gives the command a terminal of its own and types what it reads itself.
  test.each([
    ['standard input is the terminal', ''],
    ['standard input is a file: the terminal is asked anyway', '</dev/null'],
  ])('%s', async (_name, redirection) => {
    const child = run('script', ['-qec', `"$NODE" --input-type=module -e "$PROGRAM" ${redirection}`, '/dev/null'], {
      env: { ...process.env, NODE: process.execPath, PROGRAM: program },
    });
    child.child.stdin?.write('yes\n');

    expect((await child).stdout).toContain('approved');
  });
});
