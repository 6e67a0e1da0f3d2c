import { describe, expect, test } from 'vitest';
import { NodemendError } from '../errors/nodemend-error.ts';
import { backoffMs, retryAfterError } from './retry.ts';

const first = { attempt: 1, readOnly: true, chance: 0, met: false };
const refused = new NodemendError('API_REFUSED', { server: 's' });
const cut = new NodemendError('API_CONNECTION_CUT', { server: 's', path: '/' });

describe('a connection that broke', () => {
  test('cut: reads are sent again, writes are not', () => {
    expect(retryAfterError(cut, first)).toBe(250);
    expect(retryAfterError(cut, { ...first, readOnly: false })).toBeUndefined();
  });

  test('refused: an error at once, unless this server has answered before: then it is restarting', () => {
    expect(retryAfterError(refused, first)).toBeUndefined();
    expect(retryAfterError(refused, { ...first, met: true })).toBe(250);
    expect(retryAfterError(refused, { ...first, met: true, readOnly: false })).toBeUndefined();
  });

  test('up to four times, and nothing else', () => {
    expect(retryAfterError(cut, { ...first, attempt: 4 })).toBe(2000);
    expect(retryAfterError(cut, { ...first, attempt: 5 })).toBeUndefined();
    expect(
      retryAfterError(new NodemendError('API_CA_UNKNOWN', { server: 's', problem: '' }), { ...first, met: true }),
    ).toBeUndefined();
    expect(retryAfterError(new Error('ours'), { ...first, met: true })).toBeUndefined();
  });

  test('waits double, half of them by chance', () => {
    expect([1, 2, 3, 20].map((attempt) => backoffMs(attempt, 1))).toEqual([500, 1000, 2000, 30_000]);
    expect(backoffMs(3, 0)).toBe(1000);
  });
});
