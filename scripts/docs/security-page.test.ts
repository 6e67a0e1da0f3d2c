import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { root } from '../build/options.ts';

/** A paragraph, a list item or a table of a page, in one line. */
type Block = string;

interface Section {
  readonly heading: string;
  readonly blocks: readonly Block[];
}

function sectionsOf(file: string): readonly Section[] {
  const [, ...sections] = readFileSync(join(root, 'docs', file), 'utf8').split(/^## /m);
  return sections.map((text) => {
    const [heading = '', ...lines] = text.split('\n');
    const blocks = lines
      .join('\n')
      .split(/\n\n|\n(?=- )/)
      .map((block) => block.replaceAll(/\s+/g, ' ').trim());
    return { heading, blocks: blocks.filter(Boolean) };
  });
}

const testsIn = (block: Block): readonly string[] =>
  [...block.matchAll(/`([\w./-]+\.test\.ts)`/g)].map(([, path = '']) => path);
/** Of the tests that were named last. */
const sameTest = /\((?:same test|같은 테스트)\)/;

/** What is known to be open: there is nothing to hold, and a decision record that says why. */
const isOpen = (block: Block): boolean => /^(?:Not closed|막지 못하는 것): .*\(decisions\//.test(block);

const [english, korean] = [sectionsOf('security.md'), sectionsOf('security.ko.md')];

describe.each([
  ['security.md', english],
  ['security.ko.md', korean],
] as const)('docs/%s', (_, sections) => {
  test('every claim names the test that holds it', () => {
    const bare = sections.flatMap(({ heading, blocks }) =>
      blocks
        .filter((block, index) => {
          const isClaim = !block.startsWith('|') && !isOpen(block);
          const isHeld = testsIn(block).length > 0 || (sameTest.test(block) && blocks.slice(0, index).some(isNaming));
          return isClaim && !isHeld;
        })
        .map((block) => `${heading}: ${block}`),
    );

    expect(bare).toEqual([]);
  });

  test('the tests are there', () => {
    const named = sections.flatMap(({ blocks }) => blocks.flatMap(testsIn));

    expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });
});

test('both languages claim the same, by the same tests', () => {
  const shape = (sections: readonly Section[]): unknown => sections.map(({ blocks }) => blocks.map(testsIn));

  expect(shape(korean)).toEqual(shape(english));
});

function isNaming(block: Block): boolean {
  return testsIn(block).length > 0;
}
