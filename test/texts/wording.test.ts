import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import wordingPage from '../../docs/wording.md?raw';
import { problems } from '../../src/problems/testing/all-problems.ts';
import { refusedInTexts, refusedShapes, type RefusedShape } from './refused-shapes.ts';
import { sourceFiles, textFiles } from './text-files.ts';
import { commentsAndTitles } from './comments-and-titles.ts';

const root = join(import.meta.dirname, '../..');

/** `where: what it says`, for each line in which a shape is found. */
function found(shapes: readonly RefusedShape[], lines: readonly (readonly [where: string, text: string])[]): string[] {
  return lines.flatMap(([where, text]) =>
    shapes
      .filter(({ shape }) => shape.test(text))
      .map(({ shape, instead }) => `${where}: ${shape.exec(text)?.[0]} (${instead})`),
  );
}

test.each([...refusedShapes, ...refusedInTexts])('$wrong', ({ shape, wrong }) => expect(wrong).toMatch(shape));

test('no text has a refused shape', () => {
  const texts = textFiles().flatMap(({ name, texts: { en } }) =>
    [...en].map(([key, text]) => [`${name} ${key}`, text] as const),
  );
  expect(found([...refusedShapes, ...refusedInTexts], texts)).toEqual([]);
});

test('no page has a refused shape', () => {
  const pages = ['', 'docs', 'docs/decisions', 'deploy', 'examples']
    .flatMap((folder) => readdirSync(join(root, folder)).map((file) => join(folder, file)))
    .concat(problems.map(({ meta }) => `src/problems/${meta.id}/README.md`))
    .filter((path) => path.endsWith('.md') && !/\.ko\.md$|CHANGELOG/.test(path));
  const lines = pages.flatMap((path) =>
    prose(readFileSync(join(root, path), 'utf8')).map((text, at) => [`${path}:${at + 1}`, text] as const),
  );
  expect(found(refusedShapes, lines)).toEqual([]);
});

test('no comment and no title of a test in src has a refused shape', () => {
  const lines = [...sourceFiles(false), ...sourceFiles(true)]
    .filter(({ path }) => path.startsWith('src/'))
    .flatMap(({ path, text }) => commentsAndTitles(text).map((words) => [path, words] as const));
  expect(lines.length).toBeGreaterThan(5000);
  expect(found(refusedShapes, lines)).toEqual([]);
});

describe('docs/wording.md', () => {
  const rows = [...wordingPage.matchAll(/^\| `([^`]+)` \| `[^`]+` \| [^|]+`[^`|]+` \|$/gm)].map(
    ([, ours = '']) => ours,
  );

  test('has fifty sentences beside those of other tools, each once and with its source', () => {
    expect(rows.length).toBeGreaterThanOrEqual(50);
    expect(new Set(rows).size).toBe(rows.length);
    expect(wordingPage.match(/^\| `/gm)).toHaveLength(rows.length);
  });

  test('they stand in the texts as the page has them', () => {
    const texts = new Set(textFiles().flatMap(({ texts: { en } }) => [...en.values()]));
    expect(rows.filter((text) => !texts.has(text))).toEqual([]);
  });
});

/** Lines of a page; what is code, a table of refused words, or a quotation of a tool is empty. */
function prose(page: string): string[] {
  let isCode = false;
  return page.split('\n').map((line) => {
    if (line.startsWith('```')) isCode = !isCode;
    return isCode || line.startsWith('    ') ? '' : line.replaceAll(/`[^`]*`/g, '`…`');
  });
}
