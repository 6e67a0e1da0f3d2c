import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readDaemonConfig } from './daemon-config.ts';
import { withMirrors } from './with-mirrors.ts';

const wanted = ['https://m.example'];

test.each([
  [
    'its own comes first, others stay',
    '{"registry-mirrors": ["https://old.example"]}',
    '{"registry-mirrors": ["https://m.example","https://old.example"]}',
  ],
  [
    'the same with a slash is not named twice',
    '{"registry-mirrors":["https://m.example/","https://b.example"]}',
    '{"registry-mirrors":["https://m.example","https://b.example"]}',
  ],
  [
    'none',
    '{\n\t"debug": true\n}\n',
    '{\n\t"debug": true,\n\t"registry-mirrors": [\n\t\t"https://m.example"\n\t]\n}\n',
  ],
  [
    'null',
    '{\n  "registry-mirrors": null\n}\r\n',
    '{\n  "registry-mirrors": [\r\n    "https://m.example"\r\n  ]\n}\r\n',
  ],
])('%s', (_, before, after) => {
  expect(withMirrors(before, wanted)).toBe(after);
});

test('what else is there stays to the byte, and dockerd would have the mirrors', () => {
  const other = fc.record({ debug: fc.boolean(), labels: fc.array(fc.string()), mtu: fc.nat() }, { requiredKeys: [] });
  fc.assert(
    fc.property(
      other,
      fc.constantFrom(undefined, '  ', '\t'),
      fc.option(fc.array(fc.webUrl(), { maxLength: 2 }), { nil: undefined }),
      (options, indent, mirrors) => {
        const before = JSON.stringify(
          { ...options, ...(mirrors === undefined ? {} : { 'registry-mirrors': mirrors }) },
          undefined,
          indent,
        );
        const after = withMirrors(before, wanted);
        const config = readDaemonConfig(after);
        expect(config.state === 'valid' && config.options.registryMirrors[0]).toBe('https://m.example');
        expect({ ...(JSON.parse(after) as object), 'registry-mirrors': 0 }).toEqual({
          ...(JSON.parse(before) as object),
          'registry-mirrors': 0,
        });
        expect(withMirrors(after, wanted)).toBe(after);
      },
    ),
  );
});
