import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { batchSizeText, nodesOf, parseBatchSizes } from './batch-size.ts';

describe('the size of a batch', () => {
  it('is read from a list and written back', () => {
    expect(parseBatchSizes('1, 10%,100%')).toEqual([{ nodes: 1 }, { percent: 10 }, { percent: 100 }]);
    expect(parseBatchSizes('1,10%,100%').map(batchSizeText).join(',')).toBe('1,10%,100%');
  });

  it.each(['', '0', '0%', '101%', '-1', '1.5', 'all', '1,,2', '10 %'])('%j is refused', (text) => {
    expect(() => parseBatchSizes(text)).toThrow(expect.objectContaining({ code: 'BATCH_SIZE_INVALID' }));
  });

  it('means at least one node and at most all', () => {
    expect(nodesOf({ percent: 10 }, 3)).toBe(1);
    expect(nodesOf({ percent: 50 }, 5)).toBe(2);
    expect(nodesOf({ nodes: 9 }, 5)).toBe(5);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 1, max: 10_000 }), (percent, total) => {
        const count = nodesOf({ percent }, total);
        expect(count).toBeGreaterThanOrEqual(1);
        expect(count).toBeLessThanOrEqual(Math.max(1, (total * percent) / 100));
      }),
    );
  });
});
