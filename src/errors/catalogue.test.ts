import { describe, expect, test } from 'vitest';
import { literals, withoutComments } from '../../test/texts/used-keys.ts';
import { sourceFiles, textFiles } from '../../test/texts/text-files.ts';
import { catalogue, errorAreas } from './catalogue.ts';

const areas = Object.entries(errorAreas).map(([area, { codes: own }]) => ({
  area: area.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`),
  codes: Object.keys(own),
}));
const codes = Object.keys(catalogue);
const files = textFiles();

test('no code is in two areas', () => {
  expect(areas.flatMap((area) => area.codes).toSorted()).toEqual(codes.toSorted());
});

describe.each(areas)('$area', ({ area, codes: ofArea }) => {
  test.each(['en', 'ko'] as const)(
    'each code has a cause and a next step, and no text is without a code (%s)',
    (language) => {
      const texts = files.find(({ name }) => name === `errors.${area}`)?.texts[language] ?? new Map<string, string>();

      for (const code of ofArea) {
        expect(texts.get(`${code}.cause`), code).toBeTruthy();
        expect(texts.get(`${code}.next`), code).toBeTruthy();
      }
      expect(
        [...texts.keys()].filter(
          (key) => !/^[A-Z][A-Z0-9_]+\.(?:cause|next)(?:_\w+)?$/.test(key) || !ofArea.includes(key.split('.')[0] ?? ''),
        ),
      ).toEqual([]);
    },
  );
});

test('every variant of a text is chosen somewhere', () => {
  const used = sourceFiles(false).flatMap(({ text }) => literals(withoutComments(text)));
  const unused = files
    .filter(({ name }) => name.startsWith('errors.'))
    .flatMap(({ texts }) => [...texts.en.keys()])
    .filter((key) => /_(?!one$|other$)\w+$/.test(key.split('.')[1] ?? ''))
    .filter((key) => !used.some((one) => one.matches(/\.(?:cause|next)_(\w+?)(?:_one|_other)?$/.exec(key)?.[1] ?? '')));

  expect(unused).toEqual([]);
});

test('exit codes of errors are those of the design', () => {
  expect(new Set(Object.values(catalogue).map(({ exit }) => exit))).toEqual(new Set([0, 1, 2, 5, 7, 8]));
});
