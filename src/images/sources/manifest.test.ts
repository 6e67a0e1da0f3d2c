import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readManifest } from './manifest.ts';

const digest = (character: string): string => `sha256:${character.repeat(64)}`;
const oci = 'application/vnd.oci.image';

describe('of OCI and of Docker’s second schema', () => {
  test('one image', () => {
    const manifest = {
      schemaVersion: 2,
      config: { mediaType: `${oci}.config.v1+json`, digest: digest('a'), size: 100 },
      layers: [
        { digest: digest('b'), size: 2000 },
        { digest: digest('c'), size: 30 },
        // Docker has such a layer for each line that changes nothing; it comes once.
        { digest: digest('c'), size: 30 },
      ],
    };
    expect(readManifest(JSON.stringify(manifest, null, 3))).toEqual({
      kind: 'image',
      id: digest('a'),
      bytes: 2160,
      parts: [
        { digest: digest('a'), bytes: 100 },
        { digest: digest('b'), bytes: 2000 },
        { digest: digest('c'), bytes: 30 },
      ],
    });
  });

  test('an index; what has no platform in it is for none', () => {
    const index = {
      schemaVersion: 2,
      manifests: [
        { digest: digest('a'), size: 1, platform: { os: 'linux', architecture: 'amd64' } },
        { digest: digest('b'), size: 1, platform: { os: 'linux', architecture: 'arm', variant: 'v7' } },
        { digest: digest('c'), size: 1, platform: { os: 'unknown', architecture: 'unknown' } },
        { digest: digest('d'), size: 1 },
      ],
    };
    expect(readManifest(JSON.stringify(index))).toEqual({
      kind: 'index',
      parts: [
        { digest: digest('a'), platform: 'linux/amd64' },
        { digest: digest('b'), platform: 'linux/arm/v7' },
        { digest: digest('c'), platform: 'unknown/unknown' },
        { digest: digest('d'), platform: 'unknown/unknown' },
      ],
    });
  });
});

test.each([
  ['Docker’s first schema', { schemaVersion: 1, name: 'a', fsLayers: [] }],
  ['a page of a proxy', '<html>please log in</html>'],
  ['an artifact without layers', { schemaVersion: 2, config: { digest: digest('a'), size: 1 } }],
  ['a digest of another kind', { schemaVersion: 2, config: { digest: 'sha512:aa', size: 1 }, layers: [] }],
  ['a size below nought', { schemaVersion: 2, config: { digest: digest('a'), size: -1 }, layers: [] }],
  ['a size that is not one', { schemaVersion: 2, config: { digest: digest('a'), size: 1e300 }, layers: [] }],
  ['half a layer', { schemaVersion: 2, config: { digest: digest('a'), size: 1 }, layers: [{ size: 1 }] }],
  ['an index of nothing that has a digest', { schemaVersion: 2, manifests: [{}] }],
])('%s is not one', (_, value) => {
  expect(readManifest(typeof value === 'string' ? value : JSON.stringify(value))).toBeUndefined();
});

test('nothing makes it throw, and what it reads has digests alone', () => {
  const text = fc.oneof(fc.string(), fc.json());
  fc.assert(
    fc.property(text, (any) => {
      const read = readManifest(any);
      if (read?.kind === 'image') expect(read.id).toMatch(/^sha256:[0-9a-f]{64}$/u);
    }),
  );
});
