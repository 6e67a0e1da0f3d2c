import fc from 'fast-check';
import { expect, it } from 'vitest';
import { forecast, mostIds, type IdReading } from './forecast.ts';

const day = 86_400_000;

function reading(at: number, ids: number, bootId = 'boot'): IdReading {
  return { at, ids, bootId };
}

it('says nothing after one reading, another boot, or two readings at once', () => {
  const now = reading(day, 40_000);
  expect(forecast(undefined, now)).toEqual({ state: 'unknown', because: 'one-reading' });
  expect(forecast(reading(0, 20_000, 'before'), now)).toEqual({ state: 'unknown', because: 'rebooted' });
  expect(forecast(reading(day - 60_000, 20_000), now)).toEqual({ state: 'unknown', because: 'too-close' });
});

it('takes a count that comes and goes, or falls, for steady', () => {
  expect(forecast(reading(0, 5_000), reading(day, 5_150))).toEqual({ state: 'steady' });
  expect(forecast(reading(0, 60_000), reading(day, 200))).toEqual({ state: 'steady' });
});

it('is nearer the more ids there are, and never negative', () => {
  expect(forecast(reading(0, 60_000), reading(day, mostIds))).toMatchObject({ state: 'grows', days: { from: 0 } });
  const wide = forecast(reading(0, 10_000), reading(day, 12_000));
  if (wide.state !== 'grows') throw new Error('it grows');
  expect(wide.days.from).toBeGreaterThan(20);
  expect(wide.days.to).toBeLessThan(40);
});

/** A node whose pods leave three ids each, at random times, beside cgroups that linger while page cache is charged. */
function* simulate(seed: number, podsPerDay: number): Generator<{ readonly at: number; readonly ids: number }> {
  let state = seed * 2 + 1;
  const random = (): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (state + 1) / 0x80000000;
  };
  let at = 0;
  let leaked = 0;
  while (leaked < mostIds) {
    at += (-Math.log(random()) / podsPerDay) * day;
    leaked += 3;
    yield { at, ids: Math.min(mostIds, leaked + Math.floor(random() * 150)) };
  }
}

it('holds the truth in at least 9 of 10 simulated nodes', () => {
  let held = 0;
  let told = 0;
  const arbitrary = fc.record({
    seed: fc.integer({ min: 1, max: 1_000_000 }),
    podsPerDay: fc.integer({ min: 100, max: 3_000 }),
    first: fc.double({ min: 0.05, max: 0.6, noNaN: true }),
    gap: fc.double({ min: 0.02, max: 0.3, noNaN: true }),
  });
  for (const { seed, podsPerDay, first, gap } of fc.sample(arbitrary, { numRuns: 200, seed: 14 })) {
    const life = [...simulate(seed, podsPerDay)];
    const end = life.at(-1)?.at ?? 0;
    const at = (part: number): IdReading => {
      const seen = life[Math.min(life.length - 1, Math.floor(life.length * part))];
      return reading(seen?.at ?? 0, seen?.ids ?? 0);
    };
    const now = at(first + gap);
    const said = forecast(at(first), now);
    if (said.state !== 'grows') continue;
    told += 1;
    const truth = (end - now.at) / day;
    if (said.days.from <= truth && truth <= said.days.to) held += 1;
    // An interval that says everything says nothing.
    expect(said.days.to / Math.max(said.days.from, 0.1)).toBeLessThan(6);
  }
  expect(told).toBeGreaterThan(150);
  expect(held / told).toBeGreaterThanOrEqual(0.9);
});
