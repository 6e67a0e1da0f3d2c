/** Powers of ten, or of two, that a suffix of a quantity stands for. */
const decimal: Readonly<Record<string, number>> = { n: -9, u: -6, m: -3, '': 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 };
const binary: Readonly<Record<string, number>> = { Ki: 10, Mi: 20, Gi: 30, Ti: 40, Pi: 50, Ei: 60 };

const form = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+)|([numkMGTPE]|[KMGTPE]i)?)$/;

const largest = 2n ** 63n;

/** Digits that a quantity may have to be kept as a whole number (`maxInt64Factors`, apimachinery's amount.go). */
const digitsKept = 18;

/**
 * Bytes of a `containerLogMaxSize`; undefined for what kubelet does not start with. It takes a quantity that is kept as
 * a whole number (`parseMaxSize` in pkg/kubelet/logs/container_log_manager.go, `Quantity.AsInt64`), so not `10MB`, and
 * not `10m`, `0.5Gi` or `100Ti` either, which are quantities everywhere else.
 */
export function parseLogSize(text: string): number | undefined {
  const match = text === '' ? null : form.exec(text);
  const kept = match ? keptValue(match) : undefined;
  if (match === null || kept === undefined) return undefined;
  const value = match[1] === '-' ? -kept : kept;
  return value < largest && value >= -largest ? Number(value) : undefined;
}

function keptValue([, , number = '', fraction = '', exponent, suffix = '']: RegExpExecArray): bigint | undefined {
  // No digit at all is a zero: kubelet takes `Mi`.
  const digits = number.replace(/^0+(?=.)/u, '') || '0';
  const bits = binary[suffix];
  if (bits !== undefined) return binaryValue(digits, fraction, bits);
  return decimalValue(digits, fraction, exponent === undefined ? (decimal[suffix] ?? 0) : Number(exponent));
}

function decimalValue(digits: string, fraction: string, exponent: number): bigint | undefined {
  const scale = exponent - fraction.length;
  const isKept = digits.length + fraction.length <= digitsKept && scale >= 0 && scale <= digitsKept;
  return isKept ? BigInt(digits + fraction) * 10n ** BigInt(scale) : undefined;
}

/** A fraction, or more digits than go beside the power of two, is kept in another form. */
function binaryValue(digits: string, fraction: string, bits: number): bigint | undefined {
  const isKept = fraction === '' && 15 - digits.length - Math.trunc((bits * 3) / 10) - 1 >= 0;
  return isKept ? BigInt(digits) << BigInt(bits) : undefined;
}
