import { expect, test } from 'vitest';
import { lacksOverridePath, readHostsFile } from './hosts-file.ts';

test('a file with two mirrors and a server, in its order', () => {
  const text =
    'server = "https://registry-1.docker.io"\nca = "/s.crt"\n[host."https://b.example/v2/hub"]\n' +
    'capabilities = ["pull", "resolve"]\noverride_path = true\nclient = [["/c.crt", "/c.key"]]\n' +
    '[host."http://a.example"]\ncapabilities = []\n[host."http://a.example".header]\nauthorization = "***"\n';

  expect(readHostsFile(text)).toEqual({
    hosts: [
      {
        url: 'https://b.example/v2/hub',
        capabilities: ['pull', 'resolve'],
        overridePath: true,
        files: ['/c.crt', '/c.key'],
      },
      { url: 'http://a.example', capabilities: undefined, overridePath: false, files: [] },
    ],
    server: { url: 'https://registry-1.docker.io', capabilities: undefined, overridePath: false, files: ['/s.crt'] },
  });
  expect(readHostsFile('')).toEqual({ hosts: [], server: undefined });
});

test.each([
  '?',
  '[host',
  'host = "***"',
  'server = 1',
  '[host."https://m"]\ncapabilities = "pull"',
  '[host."https://m"]\noverride_path = "yes"',
  '[host]\n"https://m" = "***"',
])('%j is not taken apart', (text) => {
  expect(readHostsFile(text)).toBeUndefined();
});

test.each([
  ['https://harbor.example/v2/hub', false, true],
  ['https://harbor.example/v2/hub', true, false],
  ['harbor.example/v2/hub', false, true],
  ['https://mirror.example', false, false],
  ['https://mirror.example/v2', false, false],
  ['https://mirror.example/v2/', false, false],
  // Artifactory and Nexus: containerd's own /v2 behind it is what they want.
  ['https://art.example/artifactory/api/docker/hub', false, false],
])('%s with override_path %s: lacks it %s', (url, overridePath, lacks) => {
  expect(lacksOverridePath({ url, overridePath, capabilities: undefined, files: [] })).toBe(lacks);
});
