import type { JsonObject } from '../../../kubernetes/api.ts';
import { object, objects, text, texts } from '../../../kubernetes/json-fields.ts';
import type { Blocker } from './blocker.ts';

/** Other tools that reboot, drain or upgrade nodes, as they show in objects of the API. Pure. */

const kuredLock = 'weave.works/kured-node-lock';

/**
 * Kured's lock is an annotation of its DaemonSet, of one node or of several (kured pkg/daemonsetlock). One without a TTL
 * never ends by itself. It is looked for on every DaemonSet: kured's is called as its installation calls it.
 *
 * @param now milliseconds since the epoch
 */
export function kuredBlockers(daemonSet: JsonObject, now: number): readonly Blocker[] {
  const metadata = object(daemonSet['metadata']);
  const value = texts(metadata['annotations'])[kuredLock];
  if (value === undefined) return [];
  const name = `${text(metadata['namespace'])}/${text(metadata['name'])}`;
  const locks = readLocks(value);
  if (!locks) {
    const said = { key: 'gate.unknown-kured-lock', params: { annotation: kuredLock, daemonSet: name } };
    return [{ by: 'unknown', asked: 'kured', reason: `${kuredLock} of ${name} is not as kured writes it`, said }];
  }
  return locks
    .filter(({ endsAt }) => endsAt === undefined || endsAt > now)
    .map(({ node }): Blocker => ({ by: 'kured', daemonSet: name, node }));
}

interface Lock {
  readonly node: string;
  readonly endsAt: number | undefined;
}

function readLocks(value: string): readonly Lock[] | undefined {
  let parsed: JsonObject;
  try {
    parsed = object(JSON.parse(value));
  } catch {
    return undefined;
  }
  // With nobody in it, the list of several is null.
  const several = 'locks' in parsed || 'maxOwners' in parsed;
  const locks = (several ? objects(parsed['locks']) : [parsed]).map(readLock);
  return locks.every((lock) => lock !== undefined) ? locks : undefined;
}

function readLock({ nodeID, created, TTL }: JsonObject): Lock | undefined {
  const [node, since] = [text(nodeID), Date.parse(text(created))];
  if (node === '' || Number.isNaN(since)) return undefined;
  // Nanoseconds, as Go writes a Duration.
  const ttl = typeof TTL === 'number' && TTL > 0 ? TTL / 1e6 : undefined;
  return { node, endsAt: ttl === undefined ? undefined : since + ttl };
}

/** `nodemaintenances.nodemaintenance.medik8s.io`: as long as the object is there, its node is kept out of service. */
export function maintenanceBlocker(maintenance: JsonObject): Blocker {
  const name = text(object(maintenance['metadata'])['name']);
  return { by: 'node-maintenance', name, node: text(object(maintenance['spec'])['nodeName']) };
}

/**
 * A Job of Rancher's system-upgrade-controller that has not ended, told by its labels
 * (system-upgrade-controller pkg/apis/upgrade.cattle.io/constants.go). One that failed for good ended, too: its node is
 * looked at by others.
 */
export function rancherBlockers(job: JsonObject): readonly Blocker[] {
  const metadata = object(job['metadata']);
  const { 'upgrade.cattle.io/plan': plan, 'upgrade.cattle.io/node': node } = texts(metadata['labels']);
  if (plan === undefined) return [];
  const ended = objects(object(job['status'])['conditions']).some(
    ({ type, status }) => (type === 'Complete' || type === 'Failed') && status === 'True',
  );
  if (ended) return [];
  const name = `${text(metadata['namespace'])}/${text(metadata['name'])}`;
  return [{ by: 'rancher-upgrade', job: name, plan, node: node ?? '' }];
}
