import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runs } from '../../../../test/runs.ts';
import { isInvalid, parseReference } from '../../../registry/reference/image-reference.ts';
import { bootstrapContent } from './bootstrap.ts';
import { readImageList } from './image-list.ts';

const [one, two] = ['a', 'b'].map((letter) => `sha256:${letter.repeat(64)}`) as [string, string];

test('names are written out as kubelet has them, sources stand by their digest alone', () => {
  const text = [
    '# base images',
    `registry.k8s.io/pause:3.6=mirror.internal/pause:3.6@${one} # the sandbox`,
    '',
    `nginx@${two}=mirror.internal:5000/a/nginx@${two}\r`,
    '',
  ].join('\n');

  expect(readImageList(text)).toEqual([
    { name: 'registry.k8s.io/pause:3.6', source: `mirror.internal/pause@${one}`, digest: one },
    { name: `docker.io/library/nginx@${two}`, source: `mirror.internal:5000/a/nginx@${two}`, digest: two },
  ]);
});

test.each([
  ['pause:3.6', 'form'],
  [`Not A Name=mirror.internal/pause@${one}`, 'name'],
  ['a:1=mirror.internal/UPPER', 'source'],
  ['a:1=mirror.internal/pause:3.6', 'digest'],
  [`a@${two}=mirror.internal/a@${one}`, 'otherDigest'],
])('%s: %s', (line, fault) => {
  expect(readImageList(`# first\n${line}\n`)).toEqual({ line: 2, written: line, fault });
});

test('an image stands on one line', () => {
  const line = `a:1=mirror.internal/a@${one}`;

  expect(readImageList(`${line}\ndocker.io/library/${line}\n`)).toMatchObject({ line: 2, fault: 'twice' });
});

test('whatever is written, nothing reaches the script but references', () => {
  const piece = fc.constantFrom(
    'a:1',
    '=',
    `m.internal/a@${one}`,
    '$(id)',
    '`id`',
    "'",
    '"',
    ';',
    '|',
    ' ',
    '\t',
    '==',
    '\n',
    '#',
  );
  const text = fc
    .array(fc.oneof(piece, fc.string({ maxLength: 5 })), { maxLength: 8 })
    .map((pieces) => pieces.join(''));
  fc.assert(
    fc.property(text, (written) => {
      const images = readImageList(written);
      if ('fault' in images) return;
      const [, list = ''] = bootstrapContent(images).split('\n== base-images\n');
      for (const line of list.split('\n').slice(0, -1)) {
        const words = line.split(' ');
        expect(words).toHaveLength(2);
        expect(words.some((word) => isInvalid(parseReference(word)))).toBe(false);
        expect(line).toMatch(/^[A-Za-z0-9._:/@ -]+$/u);
      }
    }),
    { numRuns: runs(1000) },
  );
});
