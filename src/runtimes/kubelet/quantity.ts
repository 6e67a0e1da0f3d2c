const factors: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

const form = /^([+-]?(?:\d+(?:\.\d*)?|\.\d+))(?:([eE][+-]?\d+)|(n|u|m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)?)$/;

/** A quantity of Kubernetes as a number (apimachinery/pkg/api/resource/quantity.go); undefined when it is none. */
export function parseQuantity(text: string): number | undefined {
  return scaled(text, 1);
}

/** The same in thousandths, for processors: `100m` is 100, `1` is 1000. */
export function parseMilliQuantity(text: string): number | undefined {
  return scaled(text, 1000);
}

function scaled(text: string, scale: number): number | undefined {
  const match = form.exec(text);
  if (match === null) return undefined;
  const [, number = '', exponent = '', suffix = ''] = match;
  const product = Number(`${number}${exponent}`) * ((factors[suffix] ?? 1) * scale);
  // What a binary fraction adds to a decimal one must not be rounded up.
  const value = Number.isInteger(product) ? product : Number(product.toPrecision(15));
  // The API rounds fractions up: kubelet and the scheduler take Value() and MilliValue().
  return value < 0 ? Math.floor(value) : Math.ceil(value);
}

/** Bytes in the largest binary unit that they are a whole number of: `10Mi`. */
export function quantityText(bytes: number): string {
  const unit = (['Gi', 'Mi', 'Ki'] as const).find((one) => bytes % (factors[one] ?? 1) === 0);
  return unit === undefined ? String(bytes) : `${bytes / (factors[unit] ?? 1)}${unit}`;
}
