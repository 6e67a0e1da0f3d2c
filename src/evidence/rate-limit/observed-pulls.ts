import type { KubernetesApi } from '../../kubernetes/api.ts';
import { projectPulledEvent, type Pull, type PulledEvent } from './pulled-event.ts';

/** The pulls that the API server still knows of. */
export interface ObservedPulls {
  readonly pulls: readonly Pull[];
  /** From when on they are known: milliseconds since 1970, as `until`. Absent where no event says anything. */
  readonly since?: number;
  readonly until: number;
}

/**
 * Reads all events with the reason `Pulled`. They live one hour by default (`--event-ttl` of kube-apiserver), and are
 * the only record of pulls that a cluster keeps. @throws NodemendError API_…; the signal's reason
 */
export async function readPulls(api: KubernetesApi, registry: string, signal: AbortSignal): Promise<ObservedPulls> {
  const events = await api.list('/api/v1/events', {
    fieldSelector: 'involvedObject.kind=Pod,reason=Pulled',
    project: (raw) => projectPulledEvent(raw, registry),
    signal,
  });
  return observedPulls(events, Date.now() + (api.clockSkewMs() ?? 0));
}

/**
 * The window begins with the event that is longest unheard of, whatever it says: an event lives from when it was last
 * told. One that was told again and again since before then is taken to have been told evenly.
 */
export function observedPulls(events: readonly PulledEvent[], until: number): ObservedPulls {
  const times = events.map(({ last }) => last).filter((time) => time <= until);
  const since = times.reduce<number | undefined>(
    (least, time) => (least === undefined || time < least ? time : least),
    undefined,
  );
  return {
    pulls: events.flatMap((event) => pullsSince(event, since ?? until)),
    ...(since === undefined ? {} : { since }),
    until,
  };
}

function pullsSince({ pull, first, last }: PulledEvent, since: number): readonly Pull[] {
  if (pull === undefined) return [];
  if (!(first < since) || !(last > first)) return [pull];
  return [{ ...pull, times: Math.max(1, Math.ceil((pull.times * (last - since)) / (last - first))) }];
}
