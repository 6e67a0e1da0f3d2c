import type { KubernetesApi } from '../../kubernetes/api.ts';
import { object, objects, text } from '../../kubernetes/json-fields.ts';
import { ownGroups } from '../../kubernetes/own-groups.ts';
import { Limiter } from '../../transport/limiter.ts';
import type { Observed } from '../evidence.ts';
import { seeing, type Unknown } from '../unknown.ts';

/** A resource that the server has beside Kubernetes' own. */
export interface CustomResource {
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  readonly kind: string;
}

export interface CustomResources {
  /** Sorted by group and resource. */
  readonly found: readonly CustomResource[];
  /** Groups whose content the server does not list. */
  readonly closed: readonly { readonly group: string; readonly version: string; readonly why: Unknown }[];
}

const atOnce = 8;

/**
 * Finds out by discovery which custom resources the server has. @throws NodemendError API_… when it does not even name
 * its groups
 */
export async function findCustomResources(api: KubernetesApi, signal: AbortSignal): Promise<CustomResources> {
  const groups = await api.get('/apis', (raw) => objects(raw['groups']).map(groupOf), signal);
  const limiter = new Limiter(atOnce);
  const versions = groups
    .filter(({ name }) => !ownGroups.has(name))
    .flatMap(({ name, versions: all }) => all.map((version) => ({ group: name, version })));
  const answers = await Promise.all(
    versions.map(async (one) => ({ ...one, seen: await limiter.run(() => resourcesOf(api, one, signal)) })),
  );
  const found = new Map<string, CustomResource>();
  // The versions of a group are in the server's own order of preference.
  for (const { seen } of answers) {
    if (seen.state !== 'seen') continue;
    for (const resource of seen.value) {
      const key = `${resource.group}\n${resource.resource}`;
      if (!found.has(key)) found.set(key, resource);
    }
  }
  return {
    found: [...found].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, resource]) => resource),
    closed: answers.flatMap(({ group, version, seen }) =>
      seen.state === 'unknown' ? [{ group, version, why: seen }] : [],
    ),
  };
}

function groupOf(raw: unknown): { readonly name: string; readonly versions: readonly string[] } {
  const group = object(raw);
  const preferred = text(object(group['preferredVersion'])['version']);
  const all = objects(group['versions']).map(({ version }) => text(version));
  return { name: text(group['name']), versions: [preferred, ...all.filter((version) => version !== preferred)] };
}

function resourcesOf(
  api: KubernetesApi,
  { group, version }: { readonly group: string; readonly version: string },
  signal: AbortSignal,
): Promise<Observed<readonly CustomResource[]>> {
  return seeing(() =>
    api.get(
      `/apis/${encodeURIComponent(group)}/${encodeURIComponent(version)}`,
      (raw) =>
        objects(raw['resources'])
          .filter(isKept)
          .map(({ name, kind }) => ({ group, version, resource: text(name), kind: text(kind) })),
      signal,
    ),
  );
}

/**
 * What a server keeps can be listed, watched and patched. What it computes when asked (an aggregated API of metrics, a
 * catalogue of packages) can be listed at most; and `name/sub` is a part of an object.
 */
function isKept({ name, verbs }: { readonly name?: unknown; readonly verbs?: unknown }): boolean {
  return (
    !text(name).includes('/') &&
    Array.isArray(verbs) &&
    ['list', 'watch', 'patch'].every((verb) => verbs.includes(verb))
  );
}
