import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatReference, isInvalid, parseReference } from './image-reference.ts';
import { anyReference } from './testing/references.ts';

interface Answer {
  readonly input: string;
  readonly registry?: string;
  readonly repository?: string;
  readonly tag?: string;
  readonly digest?: string;
  readonly error?: string;
}

/** What the field's own parser answered (testbed/oracles/image-reference). */
const answers = readFileSync(join(import.meta.dirname, 'fixtures/answers.jsonl'), 'utf8')
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => JSON.parse(line) as Answer);

describe('an image reference', () => {
  it('is read, and refused in the same words, as distribution/reference does', () => {
    const differing = answers.flatMap(({ input, ...upstream }) => {
      const ours = parseReference(input);
      const expected =
        upstream.error === undefined
          ? {
              registry: upstream.registry ?? '',
              repository: upstream.repository,
              tag: upstream.tag ?? null,
              digest: upstream.digest ?? null,
            }
          : { error: upstream.error };
      return JSON.stringify(ours) === JSON.stringify(expected) ? [] : [{ input, ours, expected }];
    });

    expect(differing).toEqual([]);
    // The recording is worth something only while it has both, and each refusal.
    expect(answers.filter(({ error }) => error === undefined).length).toBeGreaterThan(300);
    expect(
      new Set(answers.flatMap(({ error }) => (error === undefined ? [] : [error.replace(/\(.*\)/su, '()')]))),
    ).toEqual(
      new Set([
        'invalid reference format',
        'invalid reference format: repository name () must be lowercase',
        'invalid repository name (), cannot specify 64-byte hexadecimal strings',
        'repository name must be lowercase',
        'repository name must not be more than 255 characters',
        'unsupported digest algorithm',
        'invalid checksum digest format',
        'invalid checksum digest length',
      ]),
    );
  });

  it('that is written out reads as itself', () => {
    fc.assert(
      fc.property(anyReference, (text) => {
        const reference = parseReference(text);
        fc.pre(!isInvalid(reference));
        expect(parseReference(formatReference(reference))).toEqual(reference);
      }),
    );
  });

  it('is latest only with neither tag nor digest', () => {
    const digest = `sha256:${'a'.repeat(64)}`;
    expect(parseReference('nginx')).toEqual({
      registry: 'docker.io',
      repository: 'library/nginx',
      tag: 'latest',
      digest: null,
    });
    expect(parseReference(`nginx@${digest}`)).toEqual({
      registry: 'docker.io',
      repository: 'library/nginx',
      tag: null,
      digest,
    });
    expect(parseReference(`ghcr.io/a/b:1@${digest}`)).toEqual({
      registry: 'ghcr.io',
      repository: 'a/b',
      tag: '1',
      digest,
    });
  });
});
