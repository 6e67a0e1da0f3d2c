import { NodemendError } from '../../errors/nodemend-error.ts';

export interface WholeNumberRange {
  /** For the error: `--port`. */
  readonly option: string;
  readonly from: number;
  readonly to: number;
}

/** @throws NodemendError USAGE when the option's text is not a whole number in the range. */
export function wholeNumber(value: string, { option, from, to }: WholeNumberRange, command: string): number {
  const number = /^\d{1,9}$/.test(value) ? Number(value) : Number.NaN;
  if (number >= from && number <= to) return number;
  throw new NodemendError('USAGE', { context: 'number', typed: option, value, from, to, command });
}
