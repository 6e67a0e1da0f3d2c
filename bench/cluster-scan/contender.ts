import { unpackStart } from '../../src/kubernetes/answer-body.ts';
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
      const { body, headers } = await connection.send({ method: 'GET', path, query: { limit, continue: token }, gzip: access.compress });
      let head: Buffer | undefined;
      for await (const chunk of body as AsyncIterable<Buffer>) {
        head ??= chunk;
        bytes += chunk.byteLength;
      }
      token = head && peekContinue(headers['content-encoding'] === 'gzip' ? unpackStart(head) : head);
    } while (token !== undefined);
  }
  await connection.close();
  return { bytes, items: 0 };
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
