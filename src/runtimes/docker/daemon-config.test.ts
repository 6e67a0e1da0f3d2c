import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runs } from '../../../test/runs.ts';
import { conflictOf, readDaemonConfig } from './daemon-config.ts';

test.each([
  ['no JSON', '{\n  "debug": true,\n}\n', { why: 'no-json', line: 3 }],
  ['a comment', '{\n  // limits\n  "debug": true\n}\n', { why: 'no-json', line: 2 }],
  ['text behind the object', '{"debug": true}\n\n}\n', { why: 'text-behind', line: 3 }],
  ['nothing', '', { why: 'no-json', line: 1 }],
  ['no object', '[]', { why: 'no-object', what: 'array' }],
  [
    'a number where a text belongs',
    '{"log-opts": {"max-size": "10m", "max-file": 3}}',
    { why: 'no-text', what: 'max-file' },
  ],
  ['options that are none', '{"log-opts": "max-size=10m"}', { why: 'no-text', what: 'log-opts' }],
  ['mirrors that are not texts', '{"registry-mirrors": [1]}', { why: 'no-text', what: 'registry-mirrors' }],
  ['a driver that is none', '{"log-driver": 1}', { why: 'no-text', what: 'log-driver' }],
  ['an option twice', '{"debug": true, "debug": false}', { why: 'twice', what: 'debug' }],
])('broken: %s', (_name, content, fault) => {
  expect(readDaemonConfig(content)).toMatchObject({ state: 'broken', ...fault });
});

test('what matters is read', () => {
  const config = readDaemonConfig('{"log-driver": "local", "log-opts": {"max-size": "5m"}, "live-restore": true}');

  expect(config).toEqual({
    state: 'valid',
    options: { logDriver: 'local', logOpts: new Map([['max-size', '5m']]), liveRestore: true, registryMirrors: [] },
  });
});

test('whatever the text is, it is broken exactly when it is not a JSON object that dockerd would take', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.json(),
        fc.json().map((text) => text.slice(1)),
        fc.json().map((text) => `${text},`),
      ),
      (text) => {
        const config = readDaemonConfig(text);
        if (config.state === 'valid') expect(typeof JSON.parse(text)).toBe('object');
        else if (config.why === 'no-json' || config.why === 'text-behind')
          expect(() => JSON.parse(text) as unknown).toThrow();
      },
    ),
    { numRuns: runs(500) },
  );
});

test.each([
  ['an option that no release knows', '{"log-opt": {}}', [], { why: 'unknown-option', what: 'log-opt' }],
  [
    'an option that is a flag as well',
    '{"log-opts": {"max-size": "10m"}}',
    ['--log-opt'],
    { why: 'flag-and-file', what: 'log-opts' },
  ],
  ['a short flag', '{"hosts": ["unix:///run/docker.sock"]}', ['-H'], { why: 'flag-and-file', what: 'hosts' }],
  ['a flag of the same name', '{"data-root": "/data"}', ['--data-root'], { why: 'flag-and-file', what: 'data-root' }],
  ['flags of other options', '{"log-opts": {}}', ['-H', '--containerd', '--log-driver'], undefined],
  ['runtimes of both', '{"runtimes": {}}', ['--runtimes'], undefined],
])('conflict: %s', (_name, content, flags, fault) => {
  const conflict = conflictOf(content, { flags: new Set(flags), options: new Map() });

  if (fault === undefined) expect(conflict).toBeUndefined();
  else expect(conflict).toMatchObject({ state: 'broken', ...fault });
});
