import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { runs } from '../../../test/runs.ts';
import { readDaemonConfig } from './daemon-config.ts';
import { newDaemonFile, wantedLimits, withLogOpts } from './with-log-opts.ts';

const cases: readonly (readonly [string, string, string])[] = [
  [
    'a new property looks like its neighbours',
    '{\n    "live-restore": true\n}\n',
    '{\n    "live-restore": true,\n    "log-opts": {\n        "max-size": "10m",\n        "max-file": "5"\n    }\n}\n',
  ],
  [
    'tabs',
    '{\n\t"debug": false\n}',
    '{\n\t"debug": false,\n\t"log-opts": {\n\t\t"max-size": "10m",\n\t\t"max-file": "5"\n\t}\n}',
  ],
  [
    'Windows line ends',
    '{\r\n  "debug": false\r\n}\r\n',
    '{\r\n  "debug": false,\r\n  "log-opts": {\r\n    "max-size": "10m",\r\n    "max-file": "5"\r\n  }\r\n}\r\n',
  ],
  ['one line', '{"debug":false}', '{"debug":false, "log-opts":{"max-size":"10m","max-file":"5"}}'],
  [
    'one line, several',
    '{"debug":false,"mtu":1450}',
    '{"debug":false,"mtu":1450,"log-opts":{"max-size":"10m","max-file":"5"}}',
  ],
  ['an empty object', '{}\n', '{\n  "log-opts": {\n    "max-size": "10m",\n    "max-file": "5"\n  }\n}\n'],
  [
    'options of the log are kept',
    '{\n  "log-opts": {"labels": "app", "max-file": "2"},\n  "mtu" : 1450\n}\n',
    '{\n  "log-opts": {"labels": "app", "max-file": "2", "max-size": "10m"},\n  "mtu" : 1450\n}\n',
  ],
  [
    'empty options of the log',
    '{\n  "log-opts": {}\n}\n',
    '{\n  "log-opts": {\n    "max-size": "10m",\n    "max-file": "5"\n  }\n}\n',
  ],
  [
    'no options',
    '{\n  "log-opts": null\n}\n',
    '{\n  "log-opts": {\n    "max-size": "10m",\n    "max-file": "5"\n  }\n}\n',
  ],
  [
    'a limit that is none',
    '{ "log-opts": { "max-size": "-1", "max-file": "3" } }',
    '{ "log-opts": { "max-size": "10m", "max-file": "3" } }',
  ],
];

test.each(cases)('%s', (_name, before, after) => {
  expect(withLogOpts(before)).toBe(after);
});

test('a daemon without a file gets one with nothing else in it', () => {
  expect(JSON.parse(newDaemonFile)).toEqual({ 'log-opts': wantedLimits });
});

/** Objects as people write them: each with its own way of laying out. */
const layouts = fc.record({
  indent: fc.constantFrom(undefined, '  ', '    ', '\t', ' '),
  eol: fc.constantFrom('\n', '\r\n'),
  head: fc.constantFrom('', '\n', '  '),
  tail: fc.constantFrom('', '\n', '\n\n', '   '),
});
const other = fc.dictionary(
  fc.string({ minLength: 1 }).map((name) => `x${name}`),
  fc.jsonValue({ maxDepth: 2 }),
  { maxKeys: 5 },
);
const logOpts = fc.option(
  fc.dictionary(fc.constantFrom('labels', 'max-file', 'tag', 'env'), fc.string(), { maxKeys: 4 }),
  { nil: undefined },
);

describe('whatever the file looks like', () => {
  test('the limits are in it, all else means the same, and every byte that was there still is', () => {
    fc.assert(
      fc.property(other, logOpts, other, layouts, (first, opts, last, { indent, eol, head, tail }) => {
        const options = { ...first, ...(opts === undefined ? {} : { 'log-opts': opts }), ...last };
        const before = head + JSON.stringify(options, undefined, indent).replaceAll('\n', eol) + tail;
        const after = withLogOpts(before);

        expect(JSON.parse(after)).toEqual({
          ...(JSON.parse(before) as object),
          'log-opts': { ...wantedLimits, ...opts },
        });
        expect(kept(before, after)).toBe(before);
        const config = readDaemonConfig(after);
        expect(config.state === 'valid' && config.options.logOpts.get('max-size')).toBe('10m');
        expect(withLogOpts(after)).toBe(after);
      }),
      { numRuns: runs(500) },
    );
  });
});

/** What was there before, when one piece was put into it; an empty object's two braces may have been moved apart. */
function kept(before: string, after: string): string {
  let start = 0;
  while (start < before.length && before[start] === after[start]) start++;
  return before.slice(0, start) + after.slice(after.length - (before.length - start));
}
