import type { FactValue } from '../../problem.ts';
import type { Crossing } from './disk-forecast.ts';
import type { ForecastDisk } from './node-forecast.ts';

const daySeconds = 86_400;

/**
 * A forecast in numbers: `forecast` says in a word how far it goes; times are RFC 3339 in UTC. `evictsAt` and `fullAt`
 * are when kubelet starts to evict pods and when nothing can be written any more, `imagesGoAt` when it starts to delete
 * images; `earliestAt` and `latestAt` hold the first of the former two in nine cases of ten.
 */
export function forecastFacts(disk: ForecastDisk | undefined): Readonly<Record<string, FactValue>> {
  if (disk === undefined) return {};
  const { forecast, at, othersRate } = disk;
  const others = othersRate === undefined ? {} : { othersPerDayBytes: perDay(othersRate) };
  switch (forecast.state) {
    case 'unknown':
      return { forecast: `unknown-${forecast.reason}`, ...others };
    case 'reached':
      return { forecast: `reached-${forecast.line.what}`, ...others };
    case 'bounded':
      return { forecast: 'bounded', ...rateFacts(disk), stillToComeBytes: Math.round(forecast.most), ...others };
    case 'later':
      return { forecast: 'later', ...rateFacts(disk), notBefore: instant(at, forecast.notBefore), ...others };
    case 'fills':
      return { forecast: 'fills', ...rateFacts(disk), ...crossingFacts(disk), ...others };
  }
}

function rateFacts({ forecast, logs }: ForecastDisk): Readonly<Record<string, FactValue>> {
  if (logs.state !== 'seen' || !('span' in forecast)) return {};
  const { rate, recent, low, high } = logs.interval;
  const rounded = (value: number): number => roundTo(perDay(value), perDay(high - low));
  return {
    logsPerDayBytes: rounded(rate),
    logsPerDayNowBytes: rounded(recent),
    measuredMs: Math.round(forecast.span),
    measuredLogs: logs.measured,
  };
}

const names = { 'image-gc': 'imagesGoAt', eviction: 'evictsAt', full: 'fullAt' } as const;

/** The first of each kind, and between which times the first that matters to pods is met in nine cases of ten. */
function crossingFacts({ forecast, at }: ForecastDisk): Readonly<Record<string, FactValue>> {
  if (forecast.state !== 'fills') return {};
  const first = new Map(forecast.crossings.toReversed().map((crossing) => [names[crossing.line.what], crossing]));
  const times = [...first].toReversed().map(([name, crossing]) => [name, within(at, crossing)] as const);
  const signal = first.get('evictsAt')?.line.signal;
  const harm = forecast.crossings.find(({ line }) => line.what !== 'image-gc');
  return {
    ...Object.fromEntries(times),
    ...(harm === undefined ? {} : intervalFacts(at, harm)),
    ...(signal === undefined ? {} : { evictionSignal: signal }),
  };
}

function intervalFacts(at: number, crossing: Crossing): Readonly<Record<string, FactValue>> {
  const { from, until } = crossing;
  const earliestAt = within(at, { ...crossing, inSeconds: from });
  return Number.isFinite(until)
    ? { earliestAt, latestAt: within(at, { ...crossing, inSeconds: until }) }
    : { earliestAt };
}

/** No finer than a quarter of the interval: days, hours, minutes or seconds. */
function within(at: number, { inSeconds, from, until }: Crossing): string {
  const quarter = (until - from) / 4;
  const unit = [daySeconds, 3600, 60].find((seconds) => quarter >= seconds) ?? 1;
  const exact = at + Math.min(inSeconds, 8.64e12) * 1000;
  return instant(Math.max(at, Math.floor(exact / (unit * 1000)) * unit * 1000), 0);
}

/** To a power of two that is not finer than a quarter of the width. */
function roundTo(value: number, width: number): number {
  const unit = 2 ** Math.floor(Math.log2(Math.max(4, width) / 4));
  return Math.round(value / unit) * unit;
}

function instant(at: number, seconds: number): string {
  // Nobody needs the seconds of a forecast; JavaScript's dates end in the year 275760.
  return new Date(Math.min(8.64e15, at + Math.max(0, seconds) * 1000)).toISOString().replace(/\.\d+Z$/, 'Z');
}

function perDay(rate: number): number {
  return Math.round(rate * daySeconds);
}
