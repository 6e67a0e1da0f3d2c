import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { containerdImages, type ContainerdImages } from '../runtimes/containerd/images.ts';
import { dockerImages } from '../runtimes/docker/images.ts';
import { containerdNodeImages } from './containerd-images.ts';
import { dockerNodeImages } from './docker-images.ts';
import { imageNamed, isRightPin, titleOf, type NodeImages } from './node-images.ts';
import { readRecorded } from './testing/recorded.ts';

const versions = ['containerd-1.6.20', 'containerd-2.4.2'] as const;
const box = 'docker.io/library/box:1';
const pause = 'registry.k8s.io/pause:3.6';
const proxy = 'registry.k8s.io/kube-proxy:v1.34.4';

function nodeImages(version: string, change?: (text: string) => string): NodeImages {
  const facts = readRecorded(version, containerdImages, change);
  if (facts === 'no-containerd' || facts.store === undefined) throw new Error('no store');
  return containerdNodeImages(facts, facts.store);
}

const found = (images: NodeImages, name: string) => imageNamed(images, name);

describe.each(versions)('what %s printed', (version) => {
  test('names of one configuration are one image, whatever manifest they stand for, as kubelet counts it', () => {
    const images = nodeImages(version);

    expect(images.platform).toBe('linux/amd64');
    expect(images.images).toHaveLength(4);
    expect(found(images, box)?.image.names.map(({ name, content }) => `${name.slice(0, 24)} ${content}`)).toEqual([
      'docker.io/library/box:1 whole',
      'localhost/box:1 whole',
      'mirror.test/box:1 without-layers',
      'mirror.test/box@sha256:3 without-layers',
      'registry.k8s.io/pause:3. whole',
      'sha256:b107283e9fa5980dd without-layers',
    ]);
    expect(found(images, proxy)?.image).toMatchObject({ bytes: 317_622, use: 'none-running', pins: [] });
  });

  test('one that a container runs from is in use under all of its names', () => {
    const images = nodeImages(version);

    expect([box, pause, 'mirror.test/box:1'].map((name) => found(images, name)?.image.use)).toEqual([
      'running',
      'running',
      'running',
    ]);
  });

  test('a label with a dot is not a pin', () => {
    const images = nodeImages(version);
    const pinned = (name: string): boolean => found(images, name)?.image.pins.some(isRightPin) === true;

    expect(pinned('docker.io/calico/node:v3.28.2')).toBe(true);
    expect(pinned('docker.io/library/old:1')).toBe(false);
    expect(found(images, 'docker.io/library/old:1')?.image.pins).toHaveLength(1);
  });
});

test('containerd 2 pins the image of its sandboxes, on each record that it wrote', () => {
  const { pins = [] } = found(nodeImages('containerd-2.4.2'), pause)?.image ?? {};

  expect(pins.map(({ name }) => name.slice(0, 15))).toEqual(['registry.k8s.io', 'sha256:b107283e']);
});

test('docker: one image with all its names, those of Docker Hub written out; containers by their ids', () => {
  const facts = readRecorded('docker-20.10.24', dockerImages);
  if (facts === 'no-docker' || facts.listed === undefined) throw new Error('no images');
  const images = dockerNodeImages(facts, facts.listed);

  expect(found(images, box)?.image).toMatchObject({ bytes: 1_980_000, use: 'running' });
  expect(found(images, pause)?.image).toBe(found(images, box)?.image);
  expect(
    found(images, `mirror.test/box@sha256:${'36c039daf3f5afdcdfcc0a818bb331cf1b9cc736e9d6fe0cec38fdc9f92472eb'}`),
  ).toBeDefined();
  expect(found(images, proxy)?.image.use).toBe('none-running');
  expect(images.images.map(titleOf).toSorted()).toEqual([
    'docker.io/calico/node:v3.28.2',
    box,
    'docker.io/library/old:1',
    proxy,
  ]);
});

const digestOf = (character: string): string => `sha256:${character.repeat(64)}`;
const record = (name: string, digest: string): string =>
  `record ${digest} linux/amd64 io.cri-containerd.image=managed ${name}\n`;
const manifest = (digest: string, config: string): string => `manifest ${digest} ${config} 1 1000 0 1\n`;

function printed(text: string): ContainerdImages {
  const facts = containerdImages.parse({ text, truncated: false });
  if (facts === undefined || facts === 'no-containerd') throw new Error('does not read');
  return facts;
}

function imagesOf(text: string): NodeImages {
  const facts = printed(`machine x86_64\n${text}`);
  if (facts.store === undefined) throw new Error('no store');
  return containerdNodeImages(facts, facts.store);
}

describe('a tag that was moved while a container runs from what it was', () => {
  const moved = record('a.test/app:1', digestOf('b')) + manifest(digestOf('b'), digestOf('2'));
  const left = record(digestOf('1'), digestOf('a')) + manifest(digestOf('a'), digestOf('1'));

  test('neither image is said to be in use, nor to be in none', () => {
    const { images } = imagesOf(`use 1 container a.test/app:1\n${moved}${left}`);

    expect(images.map(({ use }) => use)).toEqual(['perhaps', 'perhaps']);
  });

  test('an untagged image of another repository has nothing to do with it', () => {
    const other = record(`b.test/x@${digestOf('a')}`, digestOf('a')) + left;
    const { images } = imagesOf(`use 1 container a.test/app:1\n${moved}${other}`);

    expect(images.map(({ use }) => use)).toEqual(['running', 'none-running']);
  });
});

test('2,000 images, half of them without a tag, and 500 containers: told in a time that grows with their number alone', () => {
  const digests = Array.from({ length: 2_000 }, (_, at) => `sha256:${at.toString(16).padStart(64, '0')}`);
  const uses = digests.slice(0, 500).map((_, at) => `use 1 container a.test/app-${at}:1\n`);
  const records = digests.map((digest, at) => {
    const name = at % 2 === 0 ? `a.test/app-${at}:1` : `b.test/old-${at}@${digest}`;
    return record(name, digest) + manifest(digest, digest.replace(':0', ':1'));
  });
  const text = [...uses, ...records].join('');
  const before = process.cpuUsage();
  const { images } = imagesOf(text);
  const { user, system } = process.cpuUsage(before);

  expect(images.filter(({ use }) => use === 'running')).toHaveLength(250);
  // Some 40 ms; where each image looked at each container, 3 s.
  expect((user + system) / 1000).toBeLessThan(1_000);
});

describe('how whole an image is', () => {
  const index = digestOf('9');
  const both = `record ${index} linux/amd64,linux/arm64 - a.test/app:1\n`;

  test.each([
    [
      'the part for this node is here',
      `child ${index} ${digestOf('a')} linux/amd64\n${manifest(digestOf('a'), digestOf('1'))}`,
      'whole',
    ],
    [
      'a layer is not',
      `child ${index} ${digestOf('a')} linux/amd64\nmanifest ${digestOf('a')} ${digestOf('1')} 2 1000 1 1\n`,
      'without-layers',
    ],
    ...(['yes', 'no', '?'] as const).map((answer): [string, string, string] => [
      `a layer is not, and whether it is unpacked: ${answer}`,
      `child ${index} ${digestOf('a')} linux/amd64\nmanifest ${digestOf('a')} ${digestOf('1')} 2 1000 1 1\nunpacked ${index} ${answer}\n`,
      { yes: 'without-layers', no: 'half', '?': 'unknown' }[answer],
    ]),
    [
      'its configuration is not',
      `child ${index} ${digestOf('a')} linux/amd64\nmanifest ${digestOf('a')} ${digestOf('1')} 2 1000 0 0\n`,
      'half',
    ],
    [
      'only the part for others is',
      `child ${index} ${digestOf('a')} linux/arm64\n${manifest(digestOf('a'), digestOf('1'))}`,
      'half',
    ],
    ['nothing of it is', '', 'half'],
    ['its blob is not', `absent ${index}\n`, 'half'],
    ['its blob is not a manifest', `unread ${index}\n`, 'unknown'],
  ])('%s', (_what, blobs, expected) => {
    expect(found(imagesOf(both + blobs), 'a.test/app:1')?.as.content).toBe(expected);
  });

  test('an image for other machines alone', () => {
    const other = `record ${index} linux/arm64 - a.test/app:1\n`;

    expect(found(imagesOf(other), 'a.test/app:1')?.as.content).toBe('other-platform');
  });

  test('on a machine that is not known nothing is said of an image for several', () => {
    const facts = printed(`machine sparc\n${both}child ${index} ${digestOf('a')} linux/amd64\n`);

    expect(containerdNodeImages(facts, facts.store!).images[0]?.names[0]?.content).toBe('unknown');
  });
});

test('names with every odd character stay what they are, and are never taken for another line', () => {
  // A byte each, as probes are read; ctr itself pads names with blanks.
  const byte = fc
    .integer({ min: 0, max: 255 })
    .filter((code) => code !== 10)
    .map((code) => String.fromCharCode(code));
  const name = fc.string({ unit: byte, minLength: 1, maxLength: 40 }).map((text) => `.${text}.`);
  fc.assert(
    fc.property(fc.uniqueArray(name, { maxLength: 20 }), (names) => {
      const { images } = imagesOf(names.map((one) => record(one, digestOf('a'))).join(''));
      expect(images.flatMap((image) => image.names.map((one) => one.name)).toSorted()).toEqual(names.toSorted());
    }),
  );
});

test('a section that is cut, or that has a line of another form, is not read', () => {
  const text = `machine x86_64\n${record(box, digestOf('a'))}`;

  expect(containerdImages.parse({ text, truncated: true })).toBeUndefined();
  expect(containerdImages.parse({ text: `${text}pwned\n`, truncated: false })).toBeUndefined();
  // Names that say less than they are, with nothing before them that tells the rest.
  expect(containerdImages.parse({ text: 'machine x86_64\nalso @\n', truncated: false })).toBeUndefined();
  expect(containerdImages.parse({ text: `${text}also =\n`, truncated: false })).toBeUndefined();
  expect(containerdImages.parse({ text: 'no-containerd\n', truncated: false })).toBe('no-containerd');
  expect(dockerImages.parse({ text: 'machine x86_64\nimage x\n', truncated: false })).toBeUndefined();
});
