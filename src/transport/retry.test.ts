import { describe, expect, it, vi } from 'vitest';
import { NodemendError } from '../errors/nodemend-error.ts';
import { Deadline } from './deadline.ts';
import { retrying } from './retry.ts';

const refused = new NodemendError('SSH_REFUSED', { node: 'n', address: 'a', port: 22 });
const never = new AbortController().signal;

describe('trying again', () => {
  it('is done three times for what may pass', async () => {
    const attempt = vi.fn<() => Promise<string>>().mockRejectedValue(refused);
    await expect(retrying(attempt, new Deadline(10_000), never)).rejects.toBe(refused);
    expect(attempt).toHaveBeenCalledTimes(3);
  });

  it('ends with what succeeds', async () => {
    const attempt = vi.fn<() => Promise<string>>().mockRejectedValueOnce(refused).mockResolvedValue('in');
    await expect(retrying(attempt, new Deadline(10_000), never)).resolves.toBe('in');
  });

  it.each([
    'SSH_AUTH_FAILED',
    'SSH_HOST_KEY_CHANGED',
    'SSH_HOST_KEY_UNKNOWN',
    'SSH_HOST_KEY_REVOKED',
    'SSH_NEGOTIATION_FAILED',
  ] as const)('is never done for %s', async (code) => {
    const attempt = vi.fn<() => Promise<string>>().mockRejectedValue(new NodemendError(code));
    await expect(retrying(attempt, new Deadline(10_000), never)).rejects.toMatchObject({ code });
    expect(attempt).toHaveBeenCalledTimes(1);
  });

  it('is not done when there is no time left for it', async () => {
    const attempt = vi.fn<() => Promise<string>>().mockRejectedValue(refused);
    await expect(retrying(attempt, new Deadline(50), never)).rejects.toBe(refused);
    expect(attempt).toHaveBeenCalledTimes(1);
  });

  it('tells why it was not let in, when the last try came too late', async () => {
    const late = new NodemendError('SSH_TIMED_OUT', { node: 'n', address: 'a', port: 22, seconds: 1 });
    const attempt = vi.fn<() => Promise<string>>().mockRejectedValueOnce(refused).mockRejectedValue(late);
    await expect(retrying(attempt, new Deadline(10_000), never)).rejects.toBe(refused);
    attempt.mockReset().mockRejectedValue(late);
    await expect(retrying(attempt, new Deadline(0), never)).rejects.toBe(late);
  });

  it('is not done after an interruption', async () => {
    const controller = new AbortController();
    const attempt = vi.fn<() => Promise<string>>().mockImplementation(() => {
      controller.abort();
      return Promise.reject(refused);
    });
    await expect(retrying(attempt, new Deadline(10_000), controller.signal)).rejects.toBe(refused);
    expect(attempt).toHaveBeenCalledTimes(1);
  });
});
