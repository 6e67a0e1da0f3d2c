import fc from 'fast-check';
import type { StoredManifest } from '../../runtimes/containerd/images.ts';

interface Descriptor {
  readonly digest?: string;
  readonly size?: number;
}

/** Of image manifests as registries and builders write them, and as nobody does: the text of one. */
export function writtenManifest(digests: readonly string[]): fc.Arbitrary<string> {
  const digest = fc.constantFrom(...digests);
  const size = fc.nat(2_000_000_000);
  const plain = fc.record({ mediaType: fc.constantFrom('a/b+json', 'size', 'digest'), digest, size });
  const misleading = fc.oneof(
    fc.record({
      annotations: fc.record({ digest, size, 'a"b\\': fc.constantFrom('{[', '"digest":"', '}],"layers":[{') }),
    }),
    fc.record({ urls: fc.array(fc.constantFrom('https://a.test/{x}', 'size', '"size":7,'), { maxLength: 2 }) }),
    fc.record({ platform: fc.record({ os: fc.constant('linux'), digest, layers: fc.array(plain, { maxLength: 1 }) }) }),
    fc.record({ data: fc.constantFrom('e30=', '}', ']', '{', '\\', `"digest":"${digests[0]}"`) }),
  );
  const descriptor = fc.oneof(
    { weight: 6, arbitrary: plain },
    { weight: 1, arbitrary: fc.tuple(misleading, plain).map(([odd, one]) => ({ ...odd, ...one })) },
    { weight: 1, arbitrary: fc.tuple(plain, misleading).map(([one, odd]) => ({ ...one, ...odd })) },
  );
  const layer = fc.oneof(
    { weight: 12, arbitrary: descriptor },
    { weight: 1, arbitrary: fc.record({ digest }) },
    { weight: 1, arbitrary: fc.record({ size }) },
  );
  const root = fc.oneof(
    { weight: 4, arbitrary: fc.constant({}) },
    { weight: 1, arbitrary: fc.record({ subject: plain }) },
    { weight: 1, arbitrary: fc.record({ annotations: fc.record({ config: digest, digest }) }) },
    { weight: 1, arbitrary: fc.record({ digest, size }) },
  );
  return fc
    .record({
      config: descriptor,
      layers: fc.array(layer, { maxLength: 9 }),
      more: root,
      order: fc.constantFrom('usual', 'usual', 'more first', 'layers first'),
      indent: fc.constantFrom('', '', ' ', '   ', '\t'),
      newline: fc.constantFrom('\n', '\n', '\r\n'),
      end: fc.constantFrom('', '\n'),
    })
    .map(({ config, layers, more, order, indent, newline, end }) => {
      const head = { schemaVersion: 2, mediaType: 'application/vnd.oci.image.manifest.v1+json' };
      const whole =
        order === 'usual'
          ? { ...head, config, layers, ...more }
          : order === 'layers first'
            ? { layers, ...more, config, ...head }
            : { ...more, ...head, config, layers };
      return JSON.stringify(whole, undefined, indent).replaceAll('\n', newline) + end;
    });
}

/** What the probe has to say about it where these blobs are there. */
export function manifestIn(text: string, here: ReadonlySet<string>): StoredManifest {
  const { config, layers } = JSON.parse(text) as { config: Required<Descriptor>; layers: readonly Descriptor[] };
  const named = layers.flatMap(({ digest }) => digest ?? []);
  return {
    config: config.digest,
    hasConfig: here.has(config.digest),
    layers: named.length,
    missingLayers: named.filter((digest) => !here.has(digest)).length,
    bytes: [config, ...layers].reduce((sum, { size = 0 }) => sum + size, 0),
  };
}
