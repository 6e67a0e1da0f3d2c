import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nodesOf, type BatchSize } from './batch-size.ts';
import { planBatches } from './batches.ts';

const size: fc.Arbitrary<BatchSize> = fc.oneof(
  fc.record({ nodes: fc.integer({ min: 1, max: 50 }) }),
  fc.record({ percent: fc.integer({ min: 1, max: 100 }) }),
);
const nodes = fc
  .uniqueArray(fc.tuple(fc.integer({ min: 0, max: 500 }), fc.constantFrom('blue', 'green', 'grey', '')), {
    selector: ([number]) => number,
    maxLength: 120,
  })
  .map((all) => all.map(([number, group]) => ({ name: `worker-${number}`, ...(group ? { group } : {}) })));
const sizes = fc.array(size, { minLength: 1, maxLength: 4 });

describe('batches', () => {
  it('are one, then a tenth, then the rest', () => {
    const twenty = Array.from({ length: 20 }, (_, index) => ({ name: `worker-${String(index).padStart(2, '0')}` }));
    const batches = planBatches(twenty, { sizes: [{ nodes: 1 }, { percent: 10 }, { percent: 100 }], cap: 20 });
    expect(batches.map((batch) => batch.length)).toEqual([1, 2, 17]);
    expect(batches[0]).toEqual(['worker-00']);
  });

  it('of no node are none', () => {
    expect(planBatches([], { sizes: [{ nodes: 1 }], cap: 1 })).toEqual([]);
  });

  it('stay within a zone or a node group where that is asked for, the largest first', () => {
    const six = [
      ...['a', 'b'].map((name) => ({ name, zone: 'z1', group: 'blue' })),
      ...['x', 'y', 'z'].map((name) => ({ name, zone: 'z2', group: 'blue' })),
      { name: 'q', group: 'green' },
    ];
    const plan = { sizes: [{ nodes: 1 }, { percent: 100 }], cap: 9 };
    expect(planBatches(six, { ...plan, within: 'zone' })).toEqual([['x'], ['y', 'z'], ['a', 'b'], ['q']]);
    expect(planBatches(six, { ...plan, within: 'group' })).toEqual([['a'], ['b', 'x', 'y', 'z'], ['q']]);
    expect(planBatches(six, { ...plan, within: 'zone', cap: 1 }).map((batch) => batch.length)).toEqual([
      1, 1, 1, 1, 1, 1,
    ]);
  });

  it('take the canary from the largest group', () => {
    const batches = planBatches(
      [
        ...['a', 'b'].map((name) => ({ name, group: 'small' })),
        ...['x', 'y', 'z'].map((name) => ({ name, group: 'big' })),
      ],
      { sizes: [{ nodes: 1 }, { nodes: 2 }], cap: 9 },
    );
    expect(batches).toEqual([['x'], ['a', 'y'], ['b', 'z']]);
  });

  it('hold every node once, never more than allowed, and do not depend on the order of the input', () => {
    fc.assert(
      fc.property(nodes, sizes, fc.integer({ min: 1, max: 30 }), (all, wanted, cap) => {
        const batches = planBatches(all, { sizes: wanted, cap });
        expect(batches.flat().toSorted()).toEqual(all.map(({ name }) => name).toSorted());
        for (const [index, batch] of batches.entries()) {
          const asked = wanted[Math.min(index, wanted.length - 1)]!;
          expect(batch.length).toBeGreaterThan(0);
          expect(batch.length).toBeLessThanOrEqual(Math.min(cap, nodesOf(asked, all.length)));
        }
        expect(planBatches(all.toReversed(), { sizes: wanted, cap })).toEqual(batches);
      }),
    );
  });

  it('hold each group in proportion, whatever has been done so far', () => {
    fc.assert(
      fc.property(nodes, (all) => {
        const order = planBatches(all, { sizes: [{ nodes: 1 }], cap: 1 }).flat();
        const groupOf = new Map(all.map(({ name, group }) => [name, group ?? '']));
        const groups = Map.groupBy(all, ({ group }) => group ?? '');
        for (let done = 1; done <= order.length; done += 1) {
          for (const [group, members] of groups) {
            const have = order.slice(0, done).filter((name) => groupOf.get(name) === group).length;
            expect(Math.abs(have - (done * members.length) / order.length)).toBeLessThan(groups.size);
          }
        }
      }),
    );
  });
});
