import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { problems } from '../../problems/testing/all-problems.ts';
import { applyToAll, buildProgram } from '../program.ts';
import { createTexts } from '../../app/texts/texts.ts';
import { inFormat, type Views } from './in-format.ts';
import { jsonText } from '../../app/documents/json-text.ts';
import type { PrintedDocument } from '../../app/documents/published.ts';

const views = (document: unknown): Views => ({ document: () => document as PrintedDocument, table: () => 'table\n' });

/** Words that a reader of YAML 1.1 or 1.2 takes for something else than text. */
const treacherous = [
  'on',
  'No',
  'y',
  '~',
  'null',
  '0644',
  '0o17',
  '1e3',
  '12:30',
  '1_000',
  '2026-11-26',
  '<<',
  '=',
  '- a',
  'a: b',
  '#',
  '%',
  '@',
  '`',
  '!',
  '&a',
  '*a',
  '|',
  '>',
  '',
  ' ',
  'a\n',
  '\n\nb',
  '\u0085',
  '\u2028',
  '\ufeffx',
  '\t',
];
const word = fc.oneof(
  fc.constantFrom(...treacherous),
  fc.string({ unit: 'binary' }).filter((text) => text.isWellFormed()),
);
const json = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    word,
    fc.boolean(),
    fc.constant(null),
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    tie('list'),
    tie('map'),
  ),
  list: fc.array(tie('value'), { maxLength: 4 }),
  map: fc.dictionary(
    word.filter((key) => key !== '__proto__'),
    tie('value'),
    { maxKeys: 4 },
  ),
})).value;

test.each(['1.1', '1.2'] as const)('YAML is the document of JSON, for a reader of YAML %s', async (version) => {
  await fc.assert(
    fc.asyncProperty(json, async (document) => {
      const text = await inFormat('yaml', views(document));
      // What JSON cannot tell apart: -0.
      expect(parse(text, { version, merge: false })).toEqual(JSON.parse(JSON.stringify(document)));
      expect(text.endsWith('\n')).toBe(true);
    }),
  );
});

test('values that are there twice are written twice, and long ones on one line', async () => {
  const nodes = ['a-very-long-name '.repeat(20)];

  expect(await inFormat('yaml', views({ first: nodes, second: nodes, absent: undefined }))).toBe(
    `first:\n  - "${nodes[0]}"\nsecond:\n  - "${nodes[0]}"\n`,
  );
});

test('a view that a command lacks is its table', async () => {
  expect(await inFormat('wide', views({}))).toBe('table\n');
  expect(await inFormat('markdown', { ...views({}), table: () => '\u001b[31mred\u001b[39m ```\n' })).toBe(
    '````\nred ```\n````\n',
  );
  expect(await inFormat('json', views({ a: 1 }))).toBe(jsonText({ a: 1 }));
});

test('every command that prints JSON but events prints YAML, and those that report on nodes Markdown', async () => {
  const program = await buildProgram(createTexts('en', problems), () => Promise.resolve());
  const formats: (readonly [string, readonly string[]])[] = [];
  applyToAll(program, (command) => {
    const output = command.options.find(({ long }) => long === '--output');
    const hasEvents = ['apply', 'reboot', 'resume', 'undo', 'restore', 'pin', 'reseed', 'import'].includes(
      command.name(),
    );
    if (output && !hasEvents) formats.push([command.name(), output.argChoices ?? []]);
  });

  expect(formats.length).toBeGreaterThan(4);
  expect(formats.filter(([, choices]) => choices.includes('json') !== choices.includes('yaml'))).toEqual([]);
  // Files that change are shown as a patch, and of one that is written a sentence tells: neither needs another form.
  const patching = ['export', 'rewrite', 'boot-argument'];
  expect(formats.filter(([, choices]) => !choices.includes('markdown')).map(([name]) => name)).toEqual(patching);
});
