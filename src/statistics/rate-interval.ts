/** A stretch of time, and how much was added in it. */
export interface Stretch {
  readonly amount: number;
  readonly seconds: number;
}

/** A rate, a second, and between which two the rate to come is expected in nine cases of ten. */
export interface RateInterval {
  /** Of always: over all that was seen. */
  readonly rate: number;
  /** Of now: over the last tenth of the time. */
  readonly recent: number;
  readonly low: number;
  readonly high: number;
}

/** One stretch tells the order of magnitude, and nothing of how it varies. */
const factorOfOne = 3;
/**
 * Two-sided 95 % of Student's t for one to ten degrees of freedom; the first three are cut off, for two stretches do not
 * tell less than one.
 */
const student = [3, 3, 3, 2.78, 2.57, 2.45, 2.36, 2.31, 2.26, 2.23];
const studentOfMany = 2;
const recentPart = 1 / 10;

/**
 * What is added comes in lumps: how large they are is taken from how the stretches differ. The lumps were counted for as
 * long as is looked ahead, so their number varies twice, seen and to come. A writer that has changed lately stays at
 * either rate, so the interval holds both. The edges are a factor and not a difference: a rate is not negative.
 */
export function rateInterval(stretches: readonly Stretch[]): RateInterval {
  const all = total(stretches);
  const rate = all.amount / all.seconds;
  const recent = rateOfLast(stretches, all.seconds * recentPart);
  const factor = stretches.length < 2 || rate === 0 ? factorOfOne : 1 + spread(stretches, rate) / rate;
  return { rate, recent, low: Math.min(rate, recent) / factor, high: Math.max(rate, recent) * factor };
}

function spread(stretches: readonly Stretch[], rate: number): number {
  const squares = stretches.map(({ amount, seconds }) => (amount - rate * seconds) ** 2 / Math.max(seconds, 1e-3));
  const freedom = stretches.length - 1;
  const dispersion = squares.reduce((sum, square) => sum + square, 0) / freedom;
  return (student[freedom - 1] ?? studentOfMany) * Math.sqrt((2 * dispersion) / total(stretches).seconds);
}

function rateOfLast(stretches: readonly Stretch[], seconds: number): number {
  let last: Stretch = { amount: 0, seconds: 0 };
  for (const stretch of stretches.toReversed()) {
    if (last.seconds > 0 && last.seconds >= seconds) break;
    last = total([last, stretch]);
  }
  return last.amount / last.seconds;
}

function total(stretches: readonly Stretch[]): Stretch {
  return {
    amount: stretches.reduce((sum, { amount }) => sum + amount, 0),
    seconds: stretches.reduce((sum, { seconds }) => sum + seconds, 0),
  };
}

/** Several rates together; they vary each for itself. */
export function sumOfRates(rates: readonly RateInterval[]): RateInterval {
  const sum = (of: (one: RateInterval) => number): number => rates.reduce((all, one) => all + of(one), 0);
  const [rate, recent] = [sum((one) => one.rate), sum((one) => one.recent)];
  const below = Math.sqrt(sum((one) => (one.rate - one.low) ** 2));
  const above = Math.sqrt(sum((one) => (one.high - one.rate) ** 2));
  const least = sum((one) => one.low);
  return { rate, recent, low: Math.max(least, rate - below), high: rate + above };
}
