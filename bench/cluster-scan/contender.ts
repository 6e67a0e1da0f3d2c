import { constants, gunzipSync } from 'node:zlib';
import type { JsonObject } from '../../src/kubernetes/api.ts';
import { createClient } from '../../src/kubernetes/client.ts';
import type { ClusterAccess } from '../../src/kubernetes/cluster-access.ts';
import { openConnection } from '../../src/kubernetes/connection.ts';
import { loadKubeconfig, selectContext } from '../../src/kubernetes/kubeconfig.ts';
import { kubeconfigAccess } from '../../src/kubernetes/kubeconfig-access.ts';
import { peekContinue } from '../../src/kubernetes/peek-continue.ts';
import { systemTiming } from '../../src/kubernetes/timing.ts';

/** `download`: the pages, thrown away. `scan`: the same pages as nodemend reads them. */
export type Contender = 'download' | 'scan';

export interface ScanJob {
  readonly contender: Contender;
  readonly kubeconfig: string;
  readonly paths: readonly string[];
  readonly compress: boolean;
}

export interface ScanResult {
  readonly ms: number;
  /** As they came, before unpacking; of the scan unknown, 0. */
  readonly bytes: number;
  readonly items: number;
  /** Of this process, user and system. */
  readonly cpuMs: number;
  readonly rssMb: number;
}

const limit = 500;

/** The least that can be done with a page: only its first bytes are unpacked, for the way to the next one. */
async function download(access: ClusterAccess, paths: readonly string[]) {
  const connection = openConnection(access, { timing: systemTiming });
  let bytes = 0;
  for (const path of paths) {
    let token: string | undefined;
    do {
      const { body } = await connection.send({ method: 'GET', path, query: { limit, continue: token }, gzip: access.compress });
      let head: Uint8Array | undefined;
      for await (const chunk of body as AsyncIterable<Uint8Array>) {
        head ??= chunk;
        bytes += chunk.byteLength;
      }
      token = peekContinue(unpackStart(head ?? new Uint8Array()));
    } while (token !== undefined);
  }
  await connection.close();
  return { bytes, items: 0 };
}

/** What the first bytes of a page say, packed or not. */
function unpackStart(head: Uint8Array): Uint8Array {
  const packed = head[0] === 0x1f && head[1] === 0x8b;
  return packed ? gunzipSync(head, { finishFlush: constants.Z_SYNC_FLUSH }) : head;
}

async function scan(access: ClusterAccess, paths: readonly string[]) {
  const api = createClient(access, { timing: systemTiming });
  let items = 0;
  for (const path of paths) items += (await api.list(path, { project: summary })).length;
  await api.close();
  return { bytes: 0, items };
}

/** About what a diagnosis keeps of a node or a pod. */
function summary(raw: JsonObject) {
  const { metadata, status, spec } = raw as { readonly metadata: JsonObject; readonly status?: JsonObject; readonly spec?: JsonObject };
  const { name, namespace, uid, labels } = metadata;
  const { nodeInfo, conditions, addresses, phase } = status ?? {};
  return { name, namespace, uid, labels, nodeInfo, conditions, addresses, phase, nodeName: spec?.['nodeName'] };
}

async function run({ contender, kubeconfig, paths, compress }: ScanJob): Promise<void> {
  const selected = selectContext(await loadKubeconfig({ kubeconfig, environment: {} }));
  const fromFile = await kubeconfigAccess(selected, { environment: {}, hasTerminal: false, timing: systemTiming });
  const access = { ...fromFile, compress };
  const startedAt = performance.now();
  const cpuBefore = process.cpuUsage();
  const { bytes, items } = await (contender === 'scan' ? scan : download)(access, paths);
  const ms = performance.now() - startedAt;
  const { user, system } = process.cpuUsage(cpuBefore);
  const result: ScanResult = { ms, bytes, items, cpuMs: (user + system) / 1000, rssMb: Math.round(process.resourceUsage().maxRSS / 1024) };
  process.send?.(result);
  process.disconnect();
}

if (process.argv[2]) await run(JSON.parse(process.argv[2]) as ScanJob);
