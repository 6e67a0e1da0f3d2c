/** What strtol(3) with base 0 makes of a text: the number, and what stands after it. */
export interface CNumber {
  readonly value: number;
  readonly rest: string;
}

/** Reads a number the way C does with base 0: blanks, sign, then `0x` hexadecimal, `0` octal, else decimal. */
export function readCNumber(text: string): CNumber {
  const match = /^[ \t\n\v\f\r]*([+-]?)(0[xX][0-9A-Fa-f]+|0[0-7]*|[1-9][0-9]*)/.exec(text);
  if (match === null) return { value: 0, rest: text };
  const digits = match[2] ?? '';
  const value = digits.length > 1 && /^0[0-7]/.test(digits) ? Number.parseInt(digits, 8) : Number(digits);
  return { value: match[1] === '-' ? -value : value, rest: text.slice(match[0].length) };
}

/**
 * Bytes of a `size`, `minsize` or `maxsize` value: a number and at most one of k, K, M, G.
 * `unit` and `number` tell which part logrotate refuses. A negative size is refused since 3.17; before, it became a
 * size that no log has or that every log has, depending on the type of the field: as good as refused.
 */
export function readSize(value: string): number | { readonly bad: 'unit' | 'number' } {
  const unit = value.slice(-1);
  const factors: Readonly<Record<string, number>> = { k: 1024, K: 1024, M: 1024 ** 2, G: 1024 ** 3 };
  const factor = factors[unit];
  if (factor === undefined && !/[0-9]/.test(unit)) return { bad: 'unit' };
  const number = readCNumber(factor === undefined ? value : value.slice(0, -1));
  return number.rest !== '' || number.value < 0 ? { bad: 'number' } : number.value * (factor ?? 1);
}
