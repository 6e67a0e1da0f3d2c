import { NodemendError } from '../../errors/nodemend-error.ts';

const form = /^(?:(?<h>\d+)h)?(?:(?<m>\d+)m)?(?:(?<s>\d+)s?)?$/;

/**
 * A time as kubectl and kured take it, `15m` or `1h30m`, or a number of seconds.
 * @throws NodemendError USAGE for anything else, and for what is longer than a week
 */
export function secondsOf(value: string, option: string, command: string): number {
  const { h = 0, m = 0, s = 0 } = form.exec(value)?.groups ?? {};
  const seconds = Number(h) * 3600 + Number(m) * 60 + Number(s);
  if (value !== '' && form.test(value) && seconds <= 7 * 24 * 3600) return seconds;
  throw new NodemendError('USAGE', { context: 'duration', typed: option, value, command });
}
