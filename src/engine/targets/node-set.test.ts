import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { runs } from '../../../test/runs.ts';
import { errorText } from '../../errors/text.ts';
import { isNodemendError } from '../../errors/nodemend-error.ts';
import { foldNodes } from './fold-nodes.ts';
import { expandNodes, maximumNames } from './node-set.ts';

describe('expandNodes', () => {
  test.each([
    ['a', ['a']],
    ['a,b[1-3],c-[08-10]-x', ['a', 'b1', 'b2', 'b3', 'c-08-x', 'c-09-x', 'c-10-x']],
    ['worker-[1,3,5-6]', ['worker-1', 'worker-3', 'worker-5', 'worker-6']],
    ['n[098-101]', ['n098', 'n099', 'n100', 'n101']],
    ['n[01-100]', Array.from({ length: 100 }, (_, index) => `n${String(index + 1).padStart(2, '0')}`)],
    ['rack[1-2]-node[1-2]', ['rack1-node1', 'rack1-node2', 'rack2-node1', 'rack2-node2']],
    ['10.0.0.[11-13]', ['10.0.0.11', '10.0.0.12', '10.0.0.13']],
    ['2001:db8::[1-2]', ['2001:db8::1', '2001:db8::2']],
    [' a , b[1, 2] ', ['a', 'b1', 'b2']],
    ['b[1-2],b2,a', ['b1', 'b2', 'a']],
    [
      'prod-default-worker-node-[0-2]',
      ['prod-default-worker-node-0', 'prod-default-worker-node-1', 'prod-default-worker-node-2'],
    ],
  ])('%s', (set, names) => {
    expect(expandNodes(set)).toEqual(names);
  });

  test.each([
    ['', 'A node set has an empty part: '],
    ['a,,b', 'A node set has an empty part: a,,b'],
    ['a,', 'A node set has an empty part: a,'],
    ['a[1-3', 'Unmatched bracket in [1-3.'],
    ['a1-3]', 'Unmatched bracket in a1-3].'],
    ['a[[1]]', 'is not a range of numbers.'],
    ['a[]', 'is not a range of numbers.'],
    ['a[1,]', 'is not a range of numbers.'],
    ['a[3-1]', '3-1 is not a range of numbers.'],
    ['a[1-010]', '1-010 is not a range of numbers.'],
    ['a[001-10]', '001-10 is not a range of numbers.'],
    ['a[1-x]', '1-x is not a range of numbers.'],
    ['a[-3]', '-3 is not a range of numbers.'],
    ['a[1-9999999999999999]', 'is not a range of numbers.'],
    ['worker 1', 'worker 1 contains a character that is not allowed in node names.'],
    ['a,-oProxyCommand', '-oProxyCommand contains a character that is not allowed in node names.'],
    ['$(reboot)', '$(reboot) contains a character that is not allowed in node names.'],
    ['노드', '노드 contains a character that is not allowed in node names.'],
    ['a[1-99999999]', '1-99999999 expands to more than 100000 names.'],
    ['a[1-1000]b[1-1000]', 'a[1-1000]b[1-1000] expands to more than 100000 names.'],
    ['a[1-99999],b[1-99999]', 'b[1-99999] expands to more than 100000 names.'],
  ])('refuses %j', (set, cause) => {
    expect(causeOf(() => expandNodes(set))).toContain(cause);
  });
});

describe('foldNodes', () => {
  test.each([
    [[], ''],
    [['a'], 'a'],
    [['a', 'a'], 'a'],
    [['worker-2', 'worker-10', 'worker-1', 'worker-3'], 'worker-[1-3,10]'],
    [[...expandNodes('worker-[1-40,43]')].toReversed(), 'worker-[1-40,43]'],
    [['c-01-x', 'c-02-x', 'c-10-x'], 'c-[01-02,10]-x'],
    [[...expandNodes('n[01-120]')], 'n[01-120]'],
    [['n1', 'n01', 'n001'], 'n[1,01,001]'],
    [['rack1-node1', 'rack1-node2', 'rack2-node1', 'rack2-node2', 'rack3-node1'], 'rack[1-2]-node[1-2],rack3-node1'],
    [['rack1-x', 'rack2-x'], 'rack[1-2]-x'],
    [
      ['prod-default-worker-node-0', 'prod-default-worker-node-1', 'prod-gpu-node-0'],
      'prod-default-worker-node-[0-1],prod-gpu-node-0',
    ],
    [['prod2-gpu1-node-7', 'prod2-gpu1-node-8', 'prod2-gpu2-node-7'], 'prod2-gpu1-node-[7-8],prod2-gpu2-node-7'],
    [['10.0.0.9', '10.0.0.10', '10.0.1.9', '10.0.1.10'], '10.0.[0-1].[9-10]'],
    [['b', 'a10', 'a9'], 'a[9-10],b'],
    [['i-1234567890123456', 'i-1234567890123457'], 'i-1234567890123456,i-1234567890123457'],
  ])('%j', (names, set) => {
    expect(foldNodes(names)).toBe(set);
  });
});

/** Names with numbers in any place, padded or not, and close enough to each other to fold. */
const name = fc
  .array(
    fc.oneof(
      fc.constantFrom('a', 'b-', '.', 'x-node-', 'x_', ':', '10', '0'),
      fc.nat({ max: 30 }).map(String),
      fc.nat({ max: 120 }).map((value) => String(value).padStart(3, '0')),
      fc.nat({ max: 12 }).map((value) => String(value).padStart(2, '0')),
      fc.bigInt({ min: 0n, max: 10n ** 18n }).map(String),
    ),
    { minLength: 1, maxLength: 6 },
  )
  .map((parts) => parts.join(''));

test('expanding a folded set gives the same names', () => {
  fc.assert(
    fc.property(fc.array(name, { minLength: 1, maxLength: 60 }), (names) => {
      expect(new Set(expandNodes(foldNodes(names)))).toEqual(new Set(names));
    }),
    { numRuns: runs(1_000) },
  );
});

test('folding does not depend on the order of the names', () => {
  fc.assert(
    fc.property(fc.array(name, { minLength: 1, maxLength: 30 }), (names) => {
      expect(foldNodes(names.toReversed())).toBe(foldNodes(names));
    }),
  );
});

test('any text is either expanded or refused with a reason', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('a', '1', '0', '-', '[', ']', ',', ' '), maxLength: 12 }), (set) => {
      try {
        expect(expandNodes(set).every((one) => /^[a0-9-]+$/.test(one))).toBe(true);
      } catch (error) {
        expect(isNodemendError(error) && error.code).toBe('NODE_SET_INVALID');
      }
    }),
    { numRuns: runs(2_000) },
  );
});

test('time grows with the number of names, not with its square', () => {
  const scattered = (count: number): readonly string[] =>
    Array.from({ length: count }, (_, index) => `prod${index % 7}-group-${index % 13}-node-${index * 3}`);
  const cost = (count: number): number => {
    const names = scattered(count);
    const times = Array.from({ length: 5 }, () => {
      // Of this process: what else the machine does is not in it.
      const start = process.cpuUsage();
      expect(expandNodes(foldNodes(names))).toHaveLength(count);
      const { user, system } = process.cpuUsage(start);
      return (user + system) / 1000;
    });
    return Math.min(...times);
  };
  cost(500);

  const [small, large] = [cost(5_000), cost(40_000)];

  // Eight times the names: 64 would be a square; the sort and the caches are allowed some more than 8.
  expect(large / small).toBeLessThan(32);
  expect(small).toBeLessThan(500);
});

test('the limit itself is allowed', () => {
  expect(expandNodes(`a[1-${maximumNames}]`)).toHaveLength(maximumNames);
});

function causeOf(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    if (isNodemendError(error)) return errorText('en', error.code, error.params).cause;
    throw error;
  }
  return 'nothing was thrown';
}
