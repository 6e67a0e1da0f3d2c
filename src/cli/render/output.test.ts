import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { createOutput, type Environment, type OutputStream, type Sink } from './output.ts';

function sink(stream: Partial<OutputStream>, environment: Environment): Sink {
  const whole: OutputStream = { write: () => true, on: () => undefined, ...stream };
  return createOutput(whole, whole, environment).data;
}

const isColoured = (stream: Partial<OutputStream>, environment: Environment): boolean =>
  sink(stream, environment).paint('fail', 'x') !== 'x';

test.each([
  ['a terminal', { isTTY: true }, {}, true],
  ['a pipe', {}, {}, false],
  ['NO_COLOR', { isTTY: true }, { NO_COLOR: '1' }, false],
  ['an empty NO_COLOR, which is not set', { isTTY: true }, { NO_COLOR: '' }, true],
  ['NO_COLOR beats FORCE_COLOR', { isTTY: true }, { NO_COLOR: '1', FORCE_COLOR: '1' }, false],
  ['FORCE_COLOR on a pipe', {}, { FORCE_COLOR: '1' }, true],
  ['FORCE_COLOR=0', { isTTY: true }, { FORCE_COLOR: '0' }, false],
  ['a terminal that cannot', { isTTY: true }, { TERM: 'dumb' }, false],
])('colour: %s', (_name, stream, environment, coloured) => {
  expect(isColoured(stream, environment)).toBe(coloured);
});

test.each([
  ['COLUMNS first', { isTTY: true, columns: 120 }, { COLUMNS: '60' }, 60],
  ['then the terminal', { isTTY: true, columns: 120 }, {}, 120],
  ['a terminal that does not know its size', { isTTY: true, columns: 0 }, {}, 80],
  ['else 80', {}, {}, 80],
  ['nonsense is not a width', {}, { COLUMNS: 'wide' }, 80],
  ['nor is nothing', {}, { COLUMNS: '' }, 80],
  ['never less than can be laid out', { isTTY: true, columns: 5 }, {}, 20],
])('width: %s', (_name, stream, environment, width) => {
  expect(sink(stream, environment).width).toBe(width);
});

test('a terminal that is resized is asked again', () => {
  const stream = { isTTY: true, columns: 80, write: () => true, on: () => undefined };
  const { data } = createOutput(stream, stream, {});

  stream.columns = 40;

  expect(data.width).toBe(40);
});

describe('a reader that goes away', () => {
  const program = `
    import { createOutput } from ${JSON.stringify(fileURLToPath(new URL('output.ts', import.meta.url)))};
    const { data } = createOutput(process.stdout, process.stderr, {});
    for (let line = 0; line < 200000; line += 1) data.write('line ' + line + '\\n');
    await data.flush();
    process.stderr.write('ended');
  `;
  const shell = (script: string): { readonly stdout: string; readonly stderr: string } =>
    spawnSync('sh', ['-c', script], {
      encoding: 'utf8',
      env: { ...process.env, NODE: process.execPath, PROGRAM: program },
    });

  test('ends the output without an error', () => {
    expect(shell('"$NODE" --input-type=module -e "$PROGRAM" | head -n 1')).toMatchObject({
      stdout: 'line 0\n',
      stderr: 'ended',
    });
  });

  test('and one that stays gets all of it', () => {
    expect(shell('"$NODE" --input-type=module -e "$PROGRAM" | tail -n 1')).toMatchObject({
      stdout: 'line 199999\n',
      stderr: 'ended',
    });
  });
});

describe('output that cannot be written', () => {
  const url = JSON.stringify(fileURLToPath(new URL('output.ts', import.meta.url)));
  const program = `
    import { createOutput } from ${url};
    import { writeSync } from 'node:fs';
    const { data, notes } = createOutput(process.stdout, process.stderr, {});
    for (let line = 0; line < 1000; line += 1) {
      data.write('line ' + line + '\\n');
      notes.write('note ' + line + '\\n');
      if (line % 100 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await Promise.all([data.flush(), notes.flush()]);
    writeSync(3, 'went on: ' + data.lost() + ' ' + notes.lost());
  `;
  const saidWith = (redirection: string): string =>
    spawnSync('sh', ['-c', `"$NODE" --input-type=module -e "$PROGRAM" ${redirection}`], {
      encoding: 'utf8',
      env: { ...process.env, NODE: process.execPath, PROGRAM: program },
      stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    }).output[3] ?? '';

  test.each([
    ['a full disk', '>/dev/full 2>/dev/full', 'went on: ENOSPC ENOSPC'],
    ['a full disk for the notes alone', '2>/dev/full', 'went on: undefined ENOSPC'],
    ['readers that go away', '2>&1 | head -n 1', 'went on: undefined undefined'],
  ])('%s ends the output and not the program', (_name, redirection, expected) => {
    expect(saidWith(redirection)).toBe(expected);
  });
});
