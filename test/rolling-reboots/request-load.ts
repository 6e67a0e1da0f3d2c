import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProcessId } from '../../lab/processes.ts';
import type { JsonObject, KubernetesApi } from '../../src/kubernetes/api.ts';
import { object, objects, text } from '../../src/kubernetes/json-fields.ts';
import type { Testbed } from '../../testbed/testbed-up.ts';
import { follow } from './follow.ts';

export interface LostRequest {
  /** RFC 3339. */
  readonly at: string;
  /** `address:port`; empty where no endpoint was ready. */
  readonly address: string;
  readonly why: string;
}

export interface LoadResult {
  /** Requests that were answered with 200, by address. */
  readonly answered: Readonly<Record<string, number>>;
  readonly lost: readonly LostRequest[];
  /** The fewest endpoints that were ready at one time. */
  readonly fewestReady: number;
}

export interface RequestLoad {
  /** So far. */
  readonly lost: () => readonly LostRequest[];
  readonly fewestReady: () => number;
  /** Every request has been answered or lost by then. */
  readonly stop: () => Promise<LoadResult>;
}

interface Service {
  readonly namespace: string;
  readonly name: string;
  readonly port: number;
}

/**
 * A client of a service as a mesh or an ingress is one: it follows the service's EndpointSlices, asks each that is
 * ready in turns, 25 requests a second, and never asks twice. Its requests are made by a process in the testbed's
 * network, which ends with this one.
 */
export async function startRequestLoad(
  { folder }: Testbed,
  api: KubernetesApi,
  { namespace, name, port }: Service,
): Promise<RequestLoad> {
  const { pid } = JSON.parse(readFileSync(folder.daemon, 'utf8')) as ProcessId;
  const program = [process.execPath, join(import.meta.dirname, 'request-load-process.ts')];
  const inNetwork = [`--net=/proc/${pid}/ns/net`, '--', 'setpriv', '--pdeathsig', 'KILL', '--'];
  const child = spawn('nsenter', [...inNetwork, ...program], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const lost: LostRequest[] = [];
  const counted = new Promise<LoadResult['answered']>((resolve, reject) => {
    child.on('message', (told: { readonly lost: LostRequest } | Pick<LoadResult, 'answered'>) => {
      if ('lost' in told) lost.push(told.lost);
      else resolve(told.answered);
    });
    child.once('exit', (code) => reject(new Error(`the load ended: exit code ${String(code)}`)));
  });
  counted.catch(() => undefined);

  const slices = new Map<string, readonly string[]>();
  let fewest = Infinity;
  const tell = (): void => {
    const ready = [...new Set([...slices.values()].flat())];
    fewest = Math.min(fewest, ready.length);
    child.send({ addresses: ready.map((address) => `${address}:${port}`) });
  };
  const following = await follow(api, {
    path: `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`,
    labelSelector: `kubernetes.io/service-name=${name}`,
    project: readSlice,
    all: (items) => {
      slices.clear();
      for (const slice of items) slices.set(slice.name, slice.ready);
      tell();
    },
    changed: (type, slice) => {
      if (type === 'DELETED') slices.delete(slice.name);
      else slices.set(slice.name, slice.ready);
      tell();
    },
  });
  const end = async (): Promise<LoadResult> => {
    child.send('stop');
    const answered = await counted;
    await following.stop();
    return { answered, lost, fewestReady: fewest };
  };
  let ended: Promise<LoadResult> | undefined;
  return { lost: () => lost, fewestReady: () => fewest, stop: () => (ended ??= end()) };
}

interface Slice {
  readonly name: string;
  readonly ready: readonly string[];
}

/** Of one that goes `ready` is false (kubernetes.io/docs/concepts/services-networking/endpoint-slices, "Conditions"). */
function readSlice(raw: JsonObject): Slice {
  return {
    name: text(object(raw['metadata'])['name']),
    ready: objects(raw['endpoints'])
      .filter(({ conditions }) => object(conditions)['ready'] === true)
      .flatMap(({ addresses }) => (Array.isArray(addresses) ? addresses.map(text) : [])),
  };
}
