/**
 * Nodes and pods as nodemend reads them: what `nodemend diagnose` does with a kubeconfig alone, up to its evidence; then the pods by
 * the same client, of each what tells where it runs, from which image and how it is. No problem of the catalogue reads pods yet; this
 * is the way on which they will be read.
 *
 *     node bench/cluster-scan/scan.ts KUBECONFIG
 */
import { collectCluster, listNodes } from '../../src/evidence/collect-cluster.ts';
import { collectEvidence } from '../../src/evidence/collect.ts';
import type { JsonObject } from '../../src/kubernetes/api.ts';
import { openKubernetes } from '../../src/kubernetes/open-kubernetes.ts';
import { problems } from '../../src/problems/index.ts';

interface Pod {
  readonly metadata: { readonly name: string; readonly namespace: string; readonly uid: string; readonly labels?: JsonObject };
  readonly spec: { readonly nodeName?: string; readonly containers: readonly { readonly name: string; readonly image: string }[] };
  readonly status?: { readonly phase?: string; readonly containerStatuses?: readonly JsonObject[] };
}

function projectPod(raw: JsonObject) {
  const { metadata, spec, status } = raw as unknown as Pod;
  const { name, namespace, uid, labels } = metadata;
  return {
    name,
    namespace,
    uid,
    labels,
    nodeName: spec.nodeName,
    phase: status?.phase,
    containers: spec.containers.map((container) => ({ name: container.name, image: container.image })),
    statuses: status?.containerStatuses,
  };
}

const { signal } = new AbortController();
const api = await openKubernetes({ kubeconfig: process.argv[2] ?? '', environment: {} });
const nodes = await listNodes(api, { signal });
const cluster = await collectCluster(api, signal);
const evidence = await collectEvidence({ version: 'bench', problems: problems.map(({ meta }) => meta.id), nodes, cluster, now: new Date(), access: undefined });
const pods = await api.list('/api/v1/pods', { project: projectPod, signal });
await api.close();
process.stdout.write(`${JSON.stringify({ nodes: evidence.nodes.length, pods: pods.length, placed: pods.filter(({ nodeName }) => nodeName !== undefined).length })}\n`);
