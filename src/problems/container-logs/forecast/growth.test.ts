import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseGrowth } from './growth.ts';

const line =
  'log 1764158400 5000000 9768 2026-11-26T11:00:00.123456789+09:00 46 2026-11-26T12:00:00Z /var/log/pods/a_b_c/app/0.log';
const parse = (text: string, truncated = false): ReturnType<typeof parseGrowth> => parseGrowth({ text, truncated });

test('times with a zone and with nanoseconds, sizes in bytes', () => {
  expect(parse(`clock 1764158461\n${line}\n`)).toEqual({
    now: 1_764_158_461_000,
    logs: [
      {
        path: '/var/log/pods/a_b_c/app/0.log',
        writtenAt: 1_764_158_400_000,
        size: 5_000_000,
        allocated: 9768 * 512,
        first: Date.parse('2026-11-26T02:00:00.123Z'),
        skipped: 46,
        last: Date.parse('2026-11-26T12:00:00Z'),
        inside: [],
      },
    ],
  });
  expect(parse('clock 7\nlog 7 1 8 - 0 - /a b\n')?.logs[0]).toMatchObject({
    first: undefined,
    last: undefined,
    path: '/a b',
  });
});

test('times inside belong to their file, and one that is none is not what the probe prints', () => {
  const inside = 'inside 1000000 2026-11-26T04:00:00Z /var/log/pods/a_b_c/app/0.log';
  expect(parse(`clock 1764158461\n${line}\n${inside}\n`)?.logs).toMatchObject([
    { inside: [{ at: Date.parse('2026-11-26T04:00:00Z'), bytes: 1_000_000 }] },
  ]);
  expect(parse(`clock 1764158461\n${line}\ninside 5 - /l\n`)).toBeUndefined();
});

test('nothing is large enough', () => {
  expect(parse('')).toEqual({ now: undefined, logs: [] });
});

test.each([`${line}\n`, 'clock x\n', `clock 7\nsomething else\n`, 'clock 7\nlog 7 1 8 2026-99-99T11:00:00Z 0 - /a\n'])(
  '%j is not what the probe prints',
  (text) => {
    expect(parse(text)).toBeUndefined();
  },
);

test('what was cut off proves nothing', () => {
  expect(parse(`clock 7\n`, true)).toBeUndefined();
});

test('never throws, whatever it is given', () => {
  fc.assert(fc.property(fc.string(), (text) => void parse(`clock 7\nlog ${text}\n`)));
});
