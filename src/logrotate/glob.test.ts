import { expect, test } from 'vitest';
import { memoryTree } from './testing/memory-tree.ts';
import { expandGlob, matchesPath, missingFolderOf, normalPath } from './glob.ts';

const tree = memoryTree({
  '/c/b/b.log': {},
  '/c/a/a.log': {},
  '/c/a/a.log.1': {},
  '/c/.h/.h.log': {},
  '/c/a/sub/': {},
  '/x': {},
});

test.each([
  ['/c/*/*.log', ['/c/a/a.log', '/c/b/b.log']],
  ['/c/a/*', ['/c/a/a.log', '/c/a/a.log.1']],
  ['/c/.*/.*.log', ['/c/.h/.h.log']],
  ['/c//a/./a.log', ['/c//a/./a.log']],
  ['/c/[!a]/*', ['/c/b/b.log']],
  ['/c/\\a/a.log', ['/c/a/a.log']],
  ['/none/*.log', ['/none/*.log']],
  ['relative*', ['relative*']],
  ['/x/*', ['/x/*']],
])('%s', (pattern, paths) => {
  expect(expandGlob(pattern, tree)).toEqual(paths);
});

test('the folder that a pattern looks into and that does not exist', () => {
  expect(missingFolderOf('/none/*.log', tree)).toBe('/none');
  expect(missingFolderOf('/c/*/none/*', tree)).toBeUndefined();
  expect(missingFolderOf('/x/below/*', tree)).toBeUndefined();
  expect(missingFolderOf('/none/plain.log', tree)).toBeUndefined();
});

test('a pattern and a path, wherever it is', () => {
  expect(matchesPath('/c/*/*-json.log', '/c/1/1-json.log')).toBe(true);
  expect(matchesPath('/c/*/*-json.log', '/c/1/2/1-json.log')).toBe(false);
  expect(matchesPath('/c//./1/*', '/c/1/x')).toBe(true);
  expect(matchesPath('/c/*', '/c/.x')).toBe(false);
});

test('two ways of writing one path', () => {
  expect(['/a//b', '/a/./b', '/a/b/', '/a/b/.', '//a/.//./b'].map(normalPath)).toEqual(
    Array.from({ length: 5 }, () => '/a/b'),
  );
  expect(['/', '//', '/.'].map(normalPath)).toEqual(['/', '/', '/.']);
});
