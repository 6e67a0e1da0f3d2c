import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lacksOverridePath, readHostsFile } from '../../../runtimes/containerd/hosts-file.ts';
import { hostFolder, hostFolders } from '../../../runtimes/containerd/host-folder.ts';
import { hostsText } from './hosts-text.ts';
import { parseMirror, type Mirror } from './mirror.ts';
import { pingUrl } from './ping-url.ts';

const mirror = (text: string, more: Partial<Mirror> = {}): Mirror => {
  const parsed = parseMirror(text);
  if (typeof parsed === 'string') throw new Error(parsed);
  return { ...parsed, isOnly: false, ...more };
};

test.each([
  [
    'docker.io=https://mirror.example:5000',
    '[host."https://mirror.example:5000"]\n  capabilities = ["pull", "resolve"]\n',
  ],
  [
    'docker.io=https://harbor.example/v2/hub',
    '[host."https://harbor.example/v2/hub"]\n  capabilities = ["pull", "resolve"]\n  override_path = true\n',
  ],
  [
    'docker.io=https://art.example/api/docker/hub',
    '[host."https://art.example/api/docker/hub"]\n  capabilities = ["pull", "resolve"]\n',
  ],
])('%s, as containerd reads it', (text, expected) => {
  expect(hostsText(mirror(text), undefined)).toBe(`# Written by nodemend (image-pull, remedy mirror).\n${expected}`);
});

test('the mirror alone is the server', () => {
  expect(hostsText(mirror('docker.io=https://m.example', { isOnly: true }), '/c/m.crt')).toBe(
    '# Written by nodemend (image-pull, remedy mirror).\nserver = "https://m.example"\n' +
      'capabilities = ["pull", "resolve"]\nca = "/c/m.crt"\n[host."https://m.example"]\n' +
      '  capabilities = ["pull", "resolve"]\n  ca = "/c/m.crt"\n',
  );
});

test('what is written has none of the faults that are looked for, whatever the mirror is', () => {
  const url = fc
    .tuple(
      fc.constantFrom('https', 'http'),
      fc.domain(),
      fc.constantFrom('', ':5000'),
      fc.array(fc.stringMatching(/^[a-z0-9._~-]+$/u), { maxLength: 3 }),
    )
    .map(
      ([scheme, host, port, parts]) =>
        `docker.io=${scheme}://${host}${port}${parts.map((part) => `/${part}`).join('')}`,
    );
  fc.assert(
    fc.property(url, fc.boolean(), (text, isOnly) => {
      const wanted = mirror(text, { isOnly });
      const file = readHostsFile(hostsText(wanted, '/c/m.crt'));
      const entries = [...(file?.hosts ?? []), ...(file?.server ? [file.server] : [])];
      expect(entries).toHaveLength(isOnly ? 2 : 1);
      for (const entry of entries) {
        expect(entry).toMatchObject({ url: wanted.url, capabilities: ['pull', 'resolve'], files: ['/c/m.crt'] });
        expect(lacksOverridePath(entry)).toBe(false);
      }
    }),
  );
});

test('the folder of a registry', () => {
  expect([hostFolder('docker.io'), hostFolder('registry.example:5000')]).toEqual([
    'docker.io',
    'registry.example_5000_',
  ]);
  expect([hostFolders('docker.io'), hostFolders('registry.example:5000')]).toEqual([
    ['docker.io'],
    ['registry.example_5000_', 'registry.example:5000'],
  ]);
});

test.each([
  ['docker.io=https://m.example:5000', 'https://m.example:5000/v2/'],
  ['docker.io=https://harbor.example/v2/hub', 'https://harbor.example/v2/'],
  ['docker.io=https://art.example/api/docker/hub', 'https://art.example/api/docker/hub/v2/'],
])('%s is asked at %s', (text, expected) => {
  expect(pingUrl(mirror(text))).toBe(expected);
});
