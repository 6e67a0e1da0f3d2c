import { expect, test } from 'vitest';
import type { NodeEvidence, Section } from '../evidence/evidence.ts';
import type { NodeImage } from './node-images.ts';
import { presenceOn, unknownPresence } from './presence.ts';

const [id, manifest, index] = ['a', 'b', 'c'].map((letter) => `sha256:${letter.repeat(64)}`) as [
  string,
  string,
  string,
];
const image: NodeImage = { id, names: [], bytes: 1, pins: [], marks: [], use: 'none-running' };

function node(sections: Readonly<Record<string, string>>): NodeEvidence {
  const seen = (output: string): { readonly state: 'seen'; readonly value: Section } => ({
    state: 'seen',
    value: { exitCode: 0, encoding: 'utf8', output, truncated: false, errors: '' },
  });
  return {
    name: 'a',
    address: '',
    api: { state: 'not-looked-at', enable: '' },
    access: { state: 'not-looked-at', enable: '--via ssh' },
    sections: Object.fromEntries(Object.entries(sections).map(([key, output]) => [key, seen(output)])),
  };
}

const presence = (sections: Readonly<Record<string, string>>, runtime: 'containerd' | 'docker', digest = manifest) =>
  presenceOn(node(sections), runtime)(image, digest);

const registries = 'config /etc/containerd/config.toml\nrunning 50\nnow 1796041732\n';
const containerd = (unpacked: string, more: Readonly<Record<string, string>> = {}, digest = manifest): unknown =>
  presence(
    {
      'containerd/registries': registries,
      'containerd/images': `machine x86_64\nrecord ${manifest} linux/amd64 - a.test/x:1\nmanifest ${manifest} ${id} 1 9 1 1\n`,
      'containerd/content': '',
      'containerd/unpacked': unpacked,
      ...more,
    },
    'containerd',
    digest,
  ).unpacked;

test('containerd tells when content was written', () => {
  const output = `written 1796041732 ${id}\n`;
  const since = { at: '2026-11-30T12:28:52.000Z', by: 'content' };

  expect(presence({ 'containerd/content': output }, 'containerd')).toEqual({ since, unpacked: undefined });
  expect(presence({ 'containerd/content': `written 1796041732 ${index}\n` }, 'containerd', index)).toMatchObject({
    since: { by: 'content' },
  });
});

test('what is unpacked is what containerd found, and its no is worth something where it could find out', () => {
  expect(containerd(`image yes ${manifest}\nended 0\n`)).toBe(true);
  expect(containerd(`image no ${manifest}\nended 0\n`)).toBe(false);
  expect(containerd(`image no ${manifest}\nimage yes ${index}\nended 1\n`)).toBe(false);
  // It has no such snapshotter, or this image no configuration.
  expect(containerd(`image no ${manifest}\nimage no ${index}\nended 1\n`)).toBeUndefined();
  expect(containerd(`image no ${index}\nimage yes ${manifest}\nended 1\n`, {}, index)).toBe(false);
  const without = { 'containerd/images': `machine x86_64\nmanifest ${manifest} ${id} 1 9 1 0\n` };
  expect(containerd(`image no ${manifest}\nimage yes ${index}\nended 1\n`, without)).toBeUndefined();
  expect(containerd(`ended 0\n`)).toBeUndefined();
  expect(containerd('several\n')).toBeUndefined();
});

test('with the snapshotter of a configuration that it does not run with nothing is known', () => {
  const answer = `image no ${manifest}\nended 0\n`;
  const changed = `${registries}file 81a4 0 0 10 1796041732 /etc/containerd/config.toml\n`;
  expect(containerd(answer, { 'containerd/registries': changed })).toBeUndefined();
  expect(
    containerd(answer, { 'containerd/registries': `${registries}closed /etc/containerd/config.toml\n` }),
  ).toBeUndefined();
  expect(containerd(answer, { 'containerd/registries': 'no-containerd\n' })).toBeUndefined();
});

test('a label of the content, which older probes told, is not what is unpacked now', () => {
  expect(
    presence({ 'containerd/registries': registries, 'containerd/content': `listed\nunpacked ${id}\n` }, 'containerd'),
  ).toEqual(unknownPresence);
});

test('docker tells when an image was last tagged', () => {
  expect(presence({ 'docker/tagged': `tagged ${id} 2026-11-30T12:28:52.5+09:00\n` }, 'docker')).toEqual({
    since: { at: '2026-11-30T03:28:52.500Z', by: 'tag' },
    unpacked: true,
  });
  expect(presence({ 'docker/tagged': '' }, 'docker').since).toBeUndefined();
});

test.each<[string, Readonly<Record<string, string>>]>([
  ['ctr could not be asked', { 'containerd/content': 'no-client\n' }],
  ['the section is not of its form', { 'containerd/content': 'written yesterday\n' }],
  ['a bundle of a diagnosis, which does not ask', {}],
])('%s: unknown', (_name, sections) => {
  expect(presence(sections, 'containerd')).toEqual(unknownPresence);
});
