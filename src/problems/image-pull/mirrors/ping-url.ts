import type { Mirror } from './mirror.ts';

/** What every registry answers at (distribution specification, end-1), whatever project of it is meant. */
export function pingUrl({ url, host, path }: Mirror): string {
  const base = `${url.slice(0, url.indexOf('://'))}://${host}`;
  // What stands before a /v2 belongs to the registry (Artifactory, Nexus), what stands behind it to a project (Harbor).
  const parts = path.split('/');
  const at = parts.indexOf('v2');
  return `${base}${at === -1 ? path : parts.slice(0, at).join('/')}/v2/`;
}
