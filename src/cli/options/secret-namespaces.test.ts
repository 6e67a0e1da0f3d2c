import { expect, test } from 'vitest';
import { secretNamespaces } from './secret-namespaces.ts';

test.each<[readonly string[] | undefined, readonly string[]]>([
  [undefined, []],
  [['shop'], ['shop']],
  [
    ['shop,bank', 'shop', ' tools '],
    ['shop', 'bank', 'tools'],
  ],
])('%j', (useSecrets, names) => {
  expect(secretNamespaces(useSecrets === undefined ? {} : { useSecrets }, 'diagnose')).toEqual(names);
});

test.each(['', '*', 'Shop', 'a,,b', 'a/b', '-a', 'a'.repeat(64), '--all'])(
  '%j is not a namespace: there is no word for all of them',
  (value) => {
    expect(() => secretNamespaces({ useSecrets: [value] }, 'diagnose')).toThrow(
      expect.objectContaining({ code: 'USAGE', params: expect.objectContaining({ context: 'namespace' }) as unknown }),
    );
  },
);
