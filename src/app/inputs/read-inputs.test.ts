import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { NodemendError } from '../../errors/nodemend-error.ts';
import { remedyInputs } from '../../problems/inputs.ts';
import { inputsAtBootstrap, inputWords, type TypedInputs } from './declared-inputs.ts';
import { readInputs, readInputsAtBootstrap } from './read-inputs.ts';

const workingFolder = mkdtempSync(join(tmpdir(), 'nodemend-inputs-'));
afterAll(() => rmSync(workingFolder, { recursive: true, force: true }));

const declared = [
  {
    problem: 'some-trouble',
    help: (name: string) => name,
    inputs: {
      soften: remedyInputs({
        options: {
          level: { kind: 'values', placeholder: 'n', required: true },
          key: { kind: 'file' },
          gently: { kind: 'flag' },
        },
        atBootstrap: true,
        read: (given) => {
          if (given.level.includes('0')) throw new NodemendError('USAGE', { context: 'excess' });
          return given;
        },
      }),
    },
  },
  {
    problem: 'other-trouble',
    help: (name: string) => name,
    inputs: { harden: remedyInputs({ options: { how: { kind: 'value' } }, read: ({ how = 'much' }) => how }) },
  },
];
const request = (typed: Record<string, true | string | readonly string[]>) => ({
  typed: new Map(Object.entries(typed)) satisfies TypedInputs,
  command: 'plan',
  workingFolder,
});
const read = (typed: Parameters<typeof request>[0], ...remedies: readonly string[]) =>
  readInputs(declared, new Set(remedies), request(typed));

test.each([
  [{ gently: true as const }, [], '--gently', '--remedy soften'],
  [{ how: 'x' }, ['soften'], '--how', '--remedy harden'],
  [{ gently: true as const }, ['soften'], '--remedy soften', '--level'],
])('%j with the remedies %j: %s needs %s', async (typed, remedies, alone, other) => {
  await expect(read(typed, ...remedies)).rejects.toMatchObject({
    code: 'USAGE',
    params: { context: 'needs', command: 'plan', typed: alone, other },
  });
});

test('each is read by its kind, for the remedies that were named and no other', async () => {
  writeFileSync(join(workingFolder, 'k'), 'secret of the file\n');

  expect(await read({ level: ['1', '2'], key: 'k', gently: true }, 'soften')).toEqual(
    new Map([
      [
        'some-trouble',
        { soften: { level: ['1', '2'], key: { name: 'k', text: 'secret of the file\n' }, gently: true } },
      ],
      ['other-trouble', {}],
    ]),
  );
  const nothing = await read({ level: ['1'] }, 'soften', 'harden');
  expect(nothing.get('some-trouble')).toEqual({ soften: { level: ['1'], key: undefined, gently: false } });
  expect(nothing.get('other-trouble')).toEqual({ harden: 'much' });
  expect(await read({})).toEqual(
    new Map([
      ['some-trouble', {}],
      ['other-trouble', {}],
    ]),
  );
});

test('what the problem refuses is refused, and of a file that cannot be read the problem is told why', async () => {
  await expect(read({ level: ['0'] }, 'soften')).rejects.toMatchObject({
    code: 'USAGE',
    params: { context: 'excess' },
  });
  expect((await read({ level: ['1'], key: 'nosuch' }, 'soften')).get('some-trouble')).toMatchObject({
    soften: { key: { name: 'nosuch', fault: 'ENOENT' } },
  });
});

test('for new nodes those that are for them, where one of them was typed', async () => {
  expect(await readInputsAtBootstrap(inputsAtBootstrap(declared), request({ level: ['1'] }))).toEqual(
    new Map([
      ['some-trouble', { soften: { level: ['1'], key: undefined, gently: false } }],
      ['other-trouble', {}],
    ]),
  );
  expect(await readInputsAtBootstrap(inputsAtBootstrap(declared), request({}))).toEqual(
    new Map([
      ['some-trouble', {}],
      ['other-trouble', {}],
    ]),
  );
  await expect(readInputsAtBootstrap(inputsAtBootstrap(declared), request({ gently: true }))).rejects.toMatchObject({
    params: { context: 'needs', typed: '--gently', other: '--level' },
  });
});

test('what was typed is typed again as it was, in the order of the help', () => {
  const { typed } = request({ gently: true, how: 'x', level: ['1', '2'] });
  expect(inputWords(declared, typed)).toEqual(['--level', '1', '--level', '2', '--gently', '--how', 'x']);
});
