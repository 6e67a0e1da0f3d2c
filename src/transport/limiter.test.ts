import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Limiter } from './limiter.ts';

describe('a limiter', () => {
  it('lets no more run at once than its limit, and all of them in the end, also when some fail', async () => {
    const property = fc.asyncProperty(
      fc.integer({ min: 1, max: 5 }),
      fc.array(fc.tuple(fc.nat({ max: 3 }), fc.boolean()), { maxLength: 20 }),
      async (limit, work) => {
        const limiter = new Limiter(limit);
        let running = 0;
        let most = 0;
        const results = await Promise.allSettled(
          work.map(([pause, fails]) =>
            limiter.run(async () => {
              most = Math.max(most, (running += 1));
              await sleep(pause);
              running -= 1;
              if (fails) throw new RangeError('on purpose');
            }),
          ),
        );
        expect(most).toBe(Math.min(limit, work.length));
        expect(results.map(({ status }) => status)).toEqual(
          work.map(([, fails]) => (fails ? 'rejected' : 'fulfilled')),
        );
      },
    );
    await fc.assert(property, { numRuns: 30 });
  });

  it('lets them in in the order in which they came', async () => {
    const limiter = new Limiter(1);
    const order: number[] = [];
    await Promise.all(
      [1, 2, 3, 4].map((number) => limiter.run(async () => void order.push(await Promise.resolve(number)))),
    );
    expect(order).toEqual([1, 2, 3, 4]);
  });
});
