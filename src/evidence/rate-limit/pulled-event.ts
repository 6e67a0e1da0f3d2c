import type { JsonObject } from '../../kubernetes/api.ts';
import { object, text } from '../../kubernetes/json-fields.ts';
import { formatReference, isInvalid, parseReference } from '../../registry/reference/image-reference.ts';

/** An event of kubelet with the reason `Pulled`: a pull, or the remark that an image was there already. */
export interface PulledEvent {
  /** When it was last told, and first, milliseconds since 1970; NaN where it does not say. */
  readonly last: number;
  readonly first: number;
  /** Absent where nothing was pulled from the registry that is looked at. */
  readonly pull?: Pull;
}

export interface Pull {
  readonly namespace: string;
  readonly pod: string;
  readonly node: string;
  /** With everything that is implied written out. */
  readonly image: string;
  /** How often the event was told. */
  readonly times: number;
}

/**
 * pkg/kubelet/images/image_manager.go; `(combined from similar events)` is what an event's recorder writes before the
 * last of several (client-go tools/record/events_cache.go).
 */
const message = /^(?:\(combined from similar events\): )?Successfully pulled image "([^"]+)"/u;

/** An event of core/v1, also as events.k8s.io/v1 writes them. Never throws. */
export function projectPulledEvent(raw: JsonObject, registry: string): PulledEvent {
  const series = object(raw['series']);
  const last = text(series['lastObservedTime']) || text(raw['lastTimestamp']) || text(raw['eventTime']);
  const first = text(raw['firstTimestamp']) || text(raw['eventTime']) || last;
  const image = imageOf(text(raw['message']), registry);
  const pod = object(raw['involvedObject']);
  const node = text(object(raw['source'])['host']) || text(raw['reportingInstance']);
  const times = countOf(series['count']) ?? countOf(raw['count']) ?? 1;
  return {
    last: Date.parse(last),
    first: Date.parse(first),
    ...(image === undefined
      ? {}
      : { pull: { namespace: text(pod['namespace']), pod: text(pod['name']), node, image, times } }),
  };
}

function imageOf(said: string, registry: string): string | undefined {
  const written = message.exec(said)?.[1];
  const reference = written === undefined ? undefined : parseReference(written);
  if (reference === undefined || isInvalid(reference) || reference.registry !== registry) return undefined;
  return formatReference(reference);
}

function countOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isInteger(value) && value > 0 ? value : undefined;
}
