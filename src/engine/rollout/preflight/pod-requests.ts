import type { JsonObject } from '../../../kubernetes/api.ts';
import { object, objects } from '../../../kubernetes/json-fields.ts';
import { parseMilliQuantity, parseQuantity } from '../../../runtimes/kubelet/quantity.ts';

/** Amounts by resource: `cpu` in thousandths of a processor, the others in their own unit. */
export type Resources = ReadonlyMap<string, number>;

/** What cannot be read counts as nothing here; the API server admits no such quantity. */
export function readResources(raw: unknown): Resources {
  return new Map(
    Object.entries(object(raw)).map(([name, amount]) => {
      // A number is what a client wrote without quotes.
      const text = typeof amount === 'number' ? String(amount) : typeof amount === 'string' ? amount : '0';
      return [name, (name === 'cpu' ? parseMilliQuantity(text) : parseQuantity(text)) ?? 0];
    }),
  );
}

/**
 * What the scheduler reserves for a pod: containers and sidecars together, or an init container with the sidecars that
 * start before it where that is more; the pod's own figures in their place; its overhead on top
 * (component-helpers/resource/helpers.go, PodRequests). Each pod is one of the resource `pods`.
 */
export function podRequests(spec: JsonObject): Resources {
  const total = containerRequests(spec);
  for (const [name, amount] of readResources(object(spec['resources'])['requests']))
    if (isOfPods(name)) total.set(name, amount);
  add(total, readResources(spec['overhead']));
  total.set('pods', 1);
  return total;
}

function containerRequests(spec: JsonObject): Map<string, number> {
  const total = new Map<string, number>();
  for (const container of objects(spec['containers'])) add(total, requestsOf(container));
  const sidecars = new Map<string, number>();
  const most = new Map<string, number>();
  for (const container of objects(spec['initContainers'])) {
    const requests = requestsOf(container);
    if (container['restartPolicy'] === 'Always') {
      add(total, requests);
      add(sidecars, requests);
      raise(most, sidecars);
    } else {
      raise(most, add(new Map(sidecars), requests));
    }
  }
  raise(total, most);
  return total;
}

function requestsOf(container: JsonObject): Resources {
  return readResources(object(container['resources'])['requests']);
}

/** Of which a pod may have figures of its own (SupportedPodLevelResources). */
function isOfPods(name: string): boolean {
  return name === 'cpu' || name === 'memory' || name.startsWith('hugepages-');
}

function add(total: Map<string, number>, more: Resources): Map<string, number> {
  for (const [name, amount] of more) total.set(name, (total.get(name) ?? 0) + amount);
  return total;
}

function raise(total: Map<string, number>, least: Resources): void {
  for (const [name, amount] of least) total.set(name, Math.max(total.get(name) ?? 0, amount));
}
