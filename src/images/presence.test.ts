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

test('containerd tells when content was written, and what it has snapshots of', () => {
  const output = `written 1796041732 ${id}\nlisted\nunpacked ${id}\n`;

  expect(presence({ 'containerd/content': output }, 'containerd')).toEqual({
    since: { at: '2026-11-30T12:28:52.000Z', by: 'content' },
    unpacked: true,
  });
  expect(
    presence({ 'containerd/content': `written 1796041732 ${index}\nlisted\n` }, 'containerd', index),
  ).toMatchObject({
    since: { by: 'content' },
    unpacked: false,
  });
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
