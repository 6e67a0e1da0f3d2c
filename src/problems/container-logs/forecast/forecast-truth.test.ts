import { describe, expect, test } from 'vitest';
import { diskForecast, type DiskForecast } from './disk-forecast.ts';
import type { TimedLog } from './growth.ts';
import { logGrowth } from './log-growers.ts';
import { unbounded } from './log-bounds.ts';

/** A writer that is simulated minute by minute, its log read as the probe reads it, and the time that it then takes. */
type Kind = 'steady' | 'bursty' | 'stepped' | 'rotated';

const minuteMs = 60_000;
const begin = Date.parse('2026-11-01T00:00:00Z');

function generator(seed: number): () => number {
  let state = seed * 2 + 1;
  const next = (): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (state + 1) / 0x80000000;
  };
  for (let index = 0; index < 7; index += 1) next();
  return next;
}

/** Bytes of each minute. */
function* writer(kind: Kind, seed: number, changeAt: number): Generator<number> {
  const random = generator(seed);
  const base = 10_000 * Math.exp(random() * 4);
  const change = Math.exp((random() - 0.5) * 4);
  const burst = 3 + random() * 20;
  let isOn = false;
  for (let minute = 0, left = 0; ; minute += 1, left -= 1) {
    if (kind === 'bursty' && left <= 0) {
      isOn = !isOn;
      left = -Math.log(random()) * (isOn ? 20 : (20 * burst) / 3);
    }
    const level = kind === 'bursty' ? (isOn ? burst : 0.02) : kind === 'stepped' && minute >= changeAt ? change : 1;
    yield base * level * (0.3 + 1.4 * random());
  }
}

/** A file that holds these minutes, with times at each fifth as the probe finds them. */
function fileOf(name: string, from: number, minutes: readonly number[], samples: number): TimedLog {
  const size = Math.round(minutes.reduce((sum, bytes) => sum + bytes, 0));
  const inside: { at: number; bytes: number }[] = [];
  let written = 0;
  for (const [index, bytes] of minutes.entries()) {
    written += bytes;
    if (inside.length < samples && written >= (size * (inside.length + 1)) / 5)
      inside.push({ at: begin + (from + index + 1) * minuteMs, bytes: Math.round(written) });
  }
  const [first, last] = [begin + from * minuteMs, begin + (from + minutes.length) * minuteMs];
  return { path: `/l/${name}`, writtenAt: last, size, allocated: size, first, skipped: 0, last, inside };
}

interface Outcome {
  readonly isHeld: boolean;
  readonly width: number;
}

/** Undefined where nothing is foretold. */
function simulate(kind: Kind, seed: number, samples: number): Outcome | undefined {
  const random = generator(seed * 7 + 3);
  const seen = 300 + Math.floor(random() * 3_000);
  const minutes = writer(kind, seed, Math.floor(seen * (0.1 + 0.8 * random())));
  const past = Array.from({ length: seen }, () => minutes.next().value as number);
  const cuts = (kind === 'rotated' ? [0, 0.3, 0.55, 0.8, 1] : [0, 1]).map((part) => Math.floor(seen * part));
  const files = cuts.slice(1).map((to, index) => {
    const from = cuts[index] ?? 0;
    return fileOf(to === seen ? 'a.log' : `a.log.${index}`, from, past.slice(from, to), samples);
  });
  const used = files.reduce((sum, { size }) => sum + size, 0);
  const available = used * (0.3 + 5 * random());
  const now = begin + seen * minuteMs;
  const logs = logGrowth([{ folder: '/l', used, live: 0, bound: unbounded }], { now, logs: files });
  const room = { path: '/l', id: 'a', size: used + available, free: available, available, inodes: 1, freeInodes: 1 };
  const found = diskForecast({ room, roles: new Set(), settings: {} }, logs);
  return outcome(found, minutes, available);
}

function outcome(found: DiskForecast, minutes: Generator<number>, available: number): Outcome | undefined {
  const [full] = found.state === 'fills' ? found.crossings : [];
  if (full === undefined) return undefined;
  let taken = 0;
  let truth = 0;
  for (; taken < available && truth < 1e6; truth += 1) taken += minutes.next().value as number;
  return { isHeld: full.from <= truth * 60 && truth * 60 <= full.until, width: full.until / full.from };
}

describe('the interval holds the time at which the disk is full', () => {
  test.each<[Kind, number, number]>([
    ['steady', 4, 1.5],
    ['bursty', 4, 10],
    ['stepped', 4, 8],
    ['rotated', 4, 1.5],
    // Of a log without times inside only the order of magnitude is known.
    ['steady', 0, 10],
    ['bursty', 0, 10],
    ['stepped', 0, 10],
  ])('of a %s writer, with %i times inside its log, in nine cases of ten', (kind, samples, widest) => {
    const outcomes = Array.from({ length: 300 }, (_, index) => simulate(kind, index + 1, samples));
    const told = outcomes.filter((one) => one !== undefined);
    const held = told.filter(({ isHeld }) => isHeld);
    const widths = told.map(({ width }) => width).toSorted((a, b) => a - b);

    expect(told.length).toBeGreaterThan(270);
    expect(held.length / told.length).toBeGreaterThanOrEqual(0.9);
    // An interval that says everything says nothing.
    expect(widths[Math.floor(widths.length / 2)]).toBeLessThan(widest);
  });
});

test('a log that docker keeps within its bound never fills a disk that has room for it, however it is written', () => {
  const log = fileOf(
    'a.log',
    0,
    Array.from({ length: 600 }, () => 1e6),
    4,
  );
  const now = begin + 600 * minuteMs;
  const at = (bound: number): string => {
    const uses = [{ folder: '/l', used: log.size, live: 0, bound: () => bound }];
    const room = { path: '/l', id: 'a', size: 3e9, free: 1e9, available: 1e9, inodes: 1, freeInodes: 1 };
    const view = { room, roles: new Set<never>(), settings: {} };
    return diskForecast(view, logGrowth(uses, { now, logs: [log] })).state;
  };

  expect(at(log.size + 0.9e9)).toBe('bounded');
  expect(at(log.size + 1.1e9)).toBe('fills');
});
