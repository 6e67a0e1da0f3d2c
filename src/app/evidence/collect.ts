import { setFlagsFromString } from 'node:v8';
import { isOfNamespaces } from '../../engine/diagnose.ts';
import { collectCluster, type ClusterRead } from '../../evidence/collect-cluster.ts';
import { collectKubelets, collectMounted } from '../../evidence/collect-kubelets.ts';
import { collectEvidence, type EvidenceRequest } from '../../evidence/collect.ts';
import type { Evidence } from '../../evidence/evidence.ts';
import type { Problem, ProblemMeta } from '../../problems/problem.ts';
import type { KubernetesApi } from '../../kubernetes/api.ts';
import type { Transport } from '../../transport/transport.ts';
import type { Ports } from '../ports.ts';
import type { SessionArchives } from '../images/session-archives.ts';
import type { FoundNodes, Session } from '../session/session.ts';
import { version } from '../version.ts';

export interface Collected extends FoundNodes {
  readonly evidence: Evidence;
}

/** What is asked for: a problem, or what else knows what it wants to know. */
type Asked = Pick<Problem, 'facts' | 'planFacts' | 'reads'> & { readonly meta: Pick<ProblemMeta, 'id'> };

export interface OpenedSession {
  readonly api: KubernetesApi | undefined;
  readonly transport: Transport | undefined;
  /** Absent where nothing is brought to nodes. */
  readonly archives?: SessionArchives;
}

/** Opens what the session says, does the work, and closes it again whatever happens. */
export async function withOpened<T>(session: Session, work: (opened: OpenedSession) => Promise<T>): Promise<T> {
  const api = await session.openApi();
  const transport = session.openTransport(api);
  const archives = session.openArchives({ api, transport });
  try {
    return await work({ api, transport, archives });
  } finally {
    await archives.close();
    await Promise.allSettled([api?.close(), transport?.close()]);
  }
}

/**
 * A large cluster's lists leave garbage, and V8 would let the heap grow to twice what lives in it before it looks: 254 to
 * 284 MB of 100,000 pods, where a third more is 220 to 243 MB (bench/README.md). Not for all of the program: while it is
 * loaded, each such look is a tenth of its start.
 */
function lookAfterHeap(): void {
  setFlagsFromString('--heap-growing-percent=30');
}

/** The same, with what only plans are made from. */
export function withPlanFacts<One extends Asked>(asked: readonly One[]): readonly One[] {
  return asked.map((one) => ({ ...one, facts: [...one.facts, ...(one.planFacts ?? [])] }));
}

/** Reads the cluster and, where it was asked for, its nodes; shows how far it is. */
export async function collect(
  session: Session,
  { api, transport }: OpenedSession,
  asked: readonly Asked[],
  { watchNodes, interrupt, now }: Ports,
): Promise<Collected> {
  lookAfterHeap();
  const found = await session.findNodes(api, interrupt);
  const reads = new Set([
    ...asked.flatMap((problem) => problem.reads ?? []),
    ...(session.customResources ? (['custom-resources'] as const) : []),
  ]);
  const { namespace, secretNamespaces } = session;
  const allEvents = asked.some((problem) => problem.reads?.includes('events') && !isOfNamespaces(problem));
  const cluster = api && (await collectCluster(api, interrupt, { reads, secretNamespaces, namespace, allEvents }));
  const names = found.nodes.map(({ name }) => name);
  const ofKubelets = api && session.readKubelet ? await askKubelets(api, { names, reads, interrupt }) : {};
  const progress = await watchNodes(session.texts);
  const { concurrency } = session.configuration.ssh ?? {};
  try {
    const evidence = await collectEvidence({
      version,
      problems: asked.map(({ meta }) => meta.id),
      namespace,
      neededImages: neededImages(session.configuration),
      upgradeTo: session.upgradeTo,
      nodes: found.nodes,
      cluster,
      ...ofKubelets,
      now: now(),
      access: transport && {
        transport,
        targets: found.targets,
        facts: asked.flatMap(({ facts }) => facts),
        signal: interrupt,
        onProgress: progress.report,
        ...(session.timeoutSeconds === undefined ? {} : { budgetSeconds: session.timeoutSeconds }),
        ...(concurrency === undefined ? {} : { concurrency }),
      },
    });
    return { ...found, evidence };
  } finally {
    progress.stop();
  }
}

interface AskedKubelets {
  /** Of nodes. */
  readonly names: readonly string[];
  readonly reads: ReadonlySet<ClusterRead>;
  readonly interrupt: AbortSignal;
}

/** What is only told by kubelets themselves (`--read-kubelet`). */
async function askKubelets(
  api: KubernetesApi,
  { names, reads, interrupt }: AskedKubelets,
): Promise<Pick<EvidenceRequest, 'kubelets' | 'mounted'>> {
  const kubelets = await collectKubelets(api, names, interrupt);
  return reads.has('mounted-volumes')
    ? { kubelets, mounted: await collectMounted(api, names, interrupt) }
    : { kubelets };
}

/** Those that are named, and what nodemend's own pods run: without it nodes are reached by SSH alone. */
function neededImages({ neededImages: named = [], pod }: Session['configuration']): readonly string[] {
  return [...named, ...(pod?.image === undefined ? [] : [pod.image])];
}
