import type { FactValue } from '../../problem.ts';
import type { ForecastDisk } from './node-forecast.ts';

const daySeconds = 86_400;

/**
 * A forecast in numbers: `forecast` says in a word how far it goes; times are RFC 3339 in UTC. `evictsAt` and `fullAt`
 * are when kubelet starts to evict pods and when nothing can be written any more, `imagesGoAt` when it starts to delete
 * images.
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
  return { logsPerDayBytes: perDay(logs.rate), measuredMs: Math.round(forecast.span), measuredLogs: logs.measured };
}

const names = { 'image-gc': 'imagesGoAt', eviction: 'evictsAt', full: 'fullAt' } as const;

/** The first of each kind. */
function crossingFacts({ forecast, at }: ForecastDisk): Readonly<Record<string, FactValue>> {
  if (forecast.state !== 'fills') return {};
  const first = new Map(
    forecast.crossings.toReversed().map(({ line, inSeconds }) => [names[line.what], { line, inSeconds }]),
  );
  const times = [...first].toReversed().map(([name, { inSeconds }]) => [name, instant(at, inSeconds)] as const);
  const signal = first.get('evictsAt')?.line.signal;
  return { ...Object.fromEntries(times), ...(signal === undefined ? {} : { evictionSignal: signal }) };
}

function instant(at: number, seconds: number): string {
  // Nobody needs the seconds of a forecast; JavaScript's dates end in the year 275760.
  return new Date(Math.min(8.64e15, at + Math.max(0, seconds) * 1000)).toISOString().replace(/\.\d+Z$/, 'Z');
}

function perDay(rate: number): number {
  return Math.round(rate * daySeconds);
}
