import { isIP } from 'node:net';
import { expandNodes } from '../../engine/targets/node-set.ts';
import { isNodemendError, NodemendError } from '../../errors/nodemend-error.ts';
import type { HostEntry } from './hosts-file.ts';

export type HostSettings = Omit<HostEntry, 'name' | 'address'>;

/** One entry as it is written: the names and addresses may be node sets. */
export interface HostLine {
  /** One-based. */
  readonly line: number;
  readonly names: string;
  /** Undefined: the names are the addresses. */
  readonly addresses: string | undefined;
  readonly settings: HostSettings;
}

/**
 * Writes the node sets out. A host that is there twice, by its name or by what would be dialled, is refused: two
 * changes would meet on one machine.
 * @throws NodemendError HOSTS_FILE_INVALID
 */
export function expandHosts(path: string, lines: readonly HostLine[]): readonly HostEntry[] {
  const seen = new Map<string, number>();
  const claim = (key: string, at: string, line: number): void => {
    const first = seen.get(key);
    if (first !== undefined) fail({ path, line }, 'duplicate', at, first);
    seen.set(key, line);
  };
  return lines.flatMap((entry) =>
    expandLine(path, entry).map((host) => {
      claim(`name ${host.name}`, host.name, entry.line);
      claim(
        `address ${JSON.stringify([host.address, host.port ?? 22, host.bastion ?? null])}`,
        host.address,
        entry.line,
      );
      return host;
    }),
  );
}

function expandLine(path: string, { line, names, addresses, settings }: HostLine): readonly HostEntry[] {
  const place = { path, line };
  const hosts = expandSet(names, place);
  const dialled = addresses === undefined ? hosts : expandSet(addresses, place);
  if (hosts.length !== dialled.length) fail(place, 'pairs', `${names} ${addresses ?? ''}`);
  return hosts.map((name, index) => {
    const address = dialled[index] ?? name;
    // The order of /etc/hosts: dialling the name would go to whatever resolves, and call it by the address of another.
    if (isIP(name) && !isIP(address)) fail(place, 'swapped', `${address} ${name}`);
    return { name, address, ...settings };
  });
}

function expandSet(set: string, place: { readonly path: string; readonly line: number }): readonly string[] {
  try {
    return expandNodes(set);
  } catch (error) {
    if (isNodemendError(error)) fail(place, 'nodeSet', String(error.params['at'] ?? set));
    throw error;
  }
}

function fail(
  place: { readonly path: string; readonly line: number },
  context: 'duplicate' | 'pairs' | 'swapped' | 'nodeSet',
  at: string,
  first = 0,
): never {
  throw new NodemendError('HOSTS_FILE_INVALID', { ...place, context, at, first });
}
