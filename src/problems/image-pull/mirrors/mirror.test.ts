import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runs } from '../../../../test/runs.ts';
import { parseMirror } from './mirror.ts';

test.each([
  [
    'docker.io=https://mirror.example:5000',
    { registry: 'docker.io', url: 'https://mirror.example:5000', host: 'mirror.example:5000', path: '' },
  ],
  [
    'docker.io=https://mirror.example:5000/',
    { registry: 'docker.io', url: 'https://mirror.example:5000', host: 'mirror.example:5000', path: '' },
  ],
  [
    'index.docker.io=http://10.0.0.1:5000',
    { registry: 'docker.io', url: 'http://10.0.0.1:5000', host: '10.0.0.1:5000', path: '' },
  ],
  [
    'registry-1.docker.io=https://m.example',
    { registry: 'docker.io', url: 'https://m.example', host: 'm.example', path: '' },
  ],
  [
    'quay.io=https://harbor.example/v2/quay-cache',
    {
      registry: 'quay.io',
      url: 'https://harbor.example/v2/quay-cache',
      host: 'harbor.example',
      path: '/v2/quay-cache',
    },
  ],
  [
    'registry.example:5000=https://[2001:db8::1]:5000',
    { registry: 'registry.example:5000', url: 'https://[2001:db8::1]:5000', host: '[2001:db8::1]:5000', path: '' },
  ],
])('%s', (text, mirror) => {
  expect(parseMirror(text)).toEqual(mirror);
});

test.each([
  ['https://mirror.example', 'form'],
  ['docker.io', 'form'],
  ['=https://mirror.example', 'form'],
  ['docker.io/library=https://m.example', 'registry'],
  ['docker_io=https://m.example', 'registry'],
  ['nginx=https://m.example', 'registry'],
  ['docker.io=mirror.example:5000', 'url'],
  ['docker.io=//mirror.example', 'url'],
  ['docker.io=https://m.example/a"b', 'url'],
  ['docker.io=https://m".example', 'url'],
  ['docker.io=https://$(x).example', 'url'],
  ['docker.io=ftp://mirror.example', 'scheme'],
  ['docker.io=https://user:word@mirror.example', 'password'],
  ['docker.io=https://mirror.example?ns=docker.io', 'query'],
  ['quay.io=https://quay.io', 'itself'],
])('%s: %s', (text, fault) => {
  expect(parseMirror(text)).toBe(fault);
});

test('whatever is taken is harmless in a quoted text, and is read again as it is', () => {
  const part = fc.constantFrom(
    'docker.io',
    'quay.io',
    '=',
    'https://',
    'm.example',
    ':5000',
    '/',
    'v2',
    '"',
    '\\',
    '\n',
    '$(x)',
    '@',
    '#',
    ' ',
    '[::1]',
    '%22',
    "'",
    '$',
    'a',
    '_',
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(part, { maxLength: 9 }).map((parts) => parts.join('')),
      ),
      (text) => {
        const mirror = parseMirror(text);
        if (typeof mirror === 'string') return;
        expect(`${mirror.registry}${mirror.url}`).toMatch(/^[A-Za-z0-9/._~:[\]-]+$/u);
        expect(parseMirror(`${mirror.registry}=${mirror.url}`)).toEqual(mirror);
      },
    ),
    { numRuns: runs(5_000) },
  );
});
