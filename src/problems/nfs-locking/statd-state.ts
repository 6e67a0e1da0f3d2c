import type { Observed, NodeEvidence } from '../../evidence/evidence.ts';
import { systemdServices, type ServiceName, type ServiceUnit } from '../../runtimes/systemd/services.ts';
import { readFact } from '../kit/read-fact.ts';
import { nfsClient, registration, type NfsClient, type Registration } from './facts.ts';

/**
 * Why nobody gets a lock although everything is installed. mount.nfs starts no statd then. Before nfs-utils 1.3.4 it refuses
 * the mount; since then it trusts start-statd, which leaves alone what the pid file names: it mounts, and the lock fails.
 *
 * - `zombie`: statd's process has ended and nobody has taken note; `suspended`: it was stopped by a signal.
 * - `unregistered`: it runs, and rpcbind does not know it; `silent`: it is known and does not answer.
 * - `stale-pid`: its pid file names another process, so that nobody starts it.
 * - `rpcbind-silent`: rpcbind itself does not answer.
 */
export type Blocked = 'zombie' | 'suspended' | 'unregistered' | 'silent' | 'stale-pid' | 'rpcbind-silent';

/** Why neither a mount nor a plan can start them. */
export type Unstartable = 'rpcbind-missing' | 'rpcbind-masked' | 'statd-missing' | 'statd-masked';

export type StatdState =
  | { readonly state: 'answers'; readonly since: number | undefined }
  /** Down, and the next mount that locks starts it (start-statd of nfs-utils). */
  | { readonly state: 'down'; readonly why: 'stopped' | 'failed' }
  | { readonly state: 'blocked'; readonly why: Blocked }
  | { readonly state: 'cannot-start'; readonly why: Unstartable };

export interface NodeServices {
  readonly rpcbind: ServiceUnit;
  readonly socket: ServiceUnit;
  readonly statd: ServiceUnit;
}

export type NfsNode =
  | { readonly hasNfs: false }
  | {
      readonly hasNfs: true;
      readonly client: NfsClient;
      readonly services: NodeServices;
      readonly statd: StatdState;
    };

/** What the node's own sections say; unknown as soon as one that is needed is. */
export function nfsNode(node: NodeEvidence): Observed<NfsNode> {
  const client = readFact(node, nfsClient);
  if (client.state !== 'seen') return client;
  const { canMount, locking, others } = client.value;
  if (!canMount && locking + others === 0) return { state: 'seen', value: { hasNfs: false } };
  const services = readFact(node, systemdServices);
  if (services.state !== 'seen') return services;
  if (services.value === 'no-systemd')
    return { state: 'unknown', reason: 'tool-missing', detail: 'systemd does not run on the node' };
  const units = unitsOf(services.value);
  const statd = observedStatd(units, client.value, readFact(node, registration));
  if (statd.state !== 'seen') return statd;
  return { state: 'seen', value: { hasNfs: true, client: client.value, services: units, statd: statd.value } };
}

/** One that a signal stopped keeps whoever asks it waiting: then its state says enough. */
function observedStatd(
  units: NodeServices,
  client: NfsClient,
  registered: Observed<Registration>,
): Observed<StatdState> {
  if (registered.state === 'seen') return { state: 'seen', value: statdState(units, client, registered.value) };
  const why = processFault(units.statd.main?.state);
  return why === undefined ? registered : { state: 'seen', value: { state: 'blocked', why } };
}

function unitsOf(services: Readonly<Record<ServiceName, ServiceUnit>>): NodeServices {
  return {
    rpcbind: services['rpcbind.service'],
    socket: services['rpcbind.socket'],
    statd: services['rpc-statd.service'],
  };
}

/**
 * Whether statd answers is what decides: mount.nfs asks the same, and does not ask who started it. Where it does not, the
 * first of the causes that keep a mount from starting it.
 */
function statdState(units: NodeServices, client: NfsClient, registered: Registration): StatdState {
  const { statd } = units;
  if (registered === 'statd-answers') return { state: 'answers', since: statd.main?.age };
  const unstartable = unstartableOf(units);
  if (unstartable !== undefined) return { state: 'cannot-start', why: unstartable };
  const blocked = blockedBy(units, client, registered);
  if (blocked !== undefined) return { state: 'blocked', why: blocked };
  return { state: 'down', why: statd.active === 'failed' ? 'failed' : 'stopped' };
}

function blockedBy(units: NodeServices, { pidFile }: NfsClient, registered: Registration): Blocked | undefined {
  const { rpcbind, statd } = units;
  const gone = processFault(statd.main?.state) ?? processFault(pidFile?.state);
  if (gone !== undefined) return gone;
  if (registered === 'rpcbind-silent') return 'rpcbind-silent';
  if (statd.active === 'active') return silenceOf(rpcbind, registered);
  return pidFile?.state === undefined ? undefined : 'stale-pid';
}

function silenceOf(rpcbind: ServiceUnit, registered: Registration): Blocked {
  return rpcbind.active === 'active' && registered === 'statd-silent' ? 'silent' : 'unregistered';
}

/** By its state (proc(5)): one that has ended and one that a signal stopped are there and do nothing. */
function processFault(state: string | undefined): Blocked | undefined {
  if (state === 'Z' || state === 'X') return 'zombie';
  return state === 'T' || state === 't' ? 'suspended' : undefined;
}

function unstartableOf({ rpcbind, socket, statd }: NodeServices): Unstartable | undefined {
  if (rpcbind.load === 'not-found') return 'rpcbind-missing';
  if (rpcbind.load === 'masked' || socket.load === 'masked') return 'rpcbind-masked';
  if (statd.load === 'not-found') return 'statd-missing';
  return statd.load === 'masked' ? 'statd-masked' : undefined;
}
