import type { Problem } from '../problems/problem.ts';
import { fanOut, fanOutLimits, type Outcome } from '../transport/fan-out.ts';
import type { ProgressReport } from '../transport/progress.ts';
import type { NodeTarget, Transport } from '../transport/transport.ts';
import { composeProbe, type ComposedProbe } from './probe/compose.ts';
import { probeNode, type ProbedNode } from './probe/probe-node.ts';
import { unknownOf, type Unknown } from './unknown.ts';

export interface NodeCollection {
  readonly transport: Transport;
  readonly targets: readonly NodeTarget[];
  /** Empty: only who the nodes are. */
  readonly problems: readonly Pick<Problem, 'meta' | 'probe'>[];
  /** For all sections of a node together, seconds. */
  readonly budgetSeconds?: number;
  /** Nodes worked on at once, at most. */
  readonly concurrency?: number;
  readonly signal: AbortSignal;
  readonly onProgress?: (report: ProgressReport) => void;
}

/** Ten seconds a section is the design's cap; a whole probe that needs longer runs on a node that is sick. */
const defaultBudgetSeconds = 20;

/** Reads all nodes, each with one exec; what was not read says why. An entry for each target, in any case. */
export async function collectNodes(request: NodeCollection): Promise<ReadonlyMap<string, ProbedNode>> {
  const probe = composeProbe(request.problems);
  const starts = new Map<string, number>();
  const { onProgress, signal } = request;
  const usual = fanOutLimits(request.transport.kind);
  const nodes = Math.min(usual.nodes, request.concurrency ?? usual.nodes);
  const limits = { ...usual, nodes, handshakes: Math.min(usual.handshakes, nodes) };
  const timed: Transport = {
    ...request.transport,
    connect: (target, aborted) => {
      starts.set(target.name, performance.now());
      return request.transport.connect(target, aborted);
    },
  };
  const results = await fanOut(
    timed,
    request.targets,
    (connection) =>
      probeNode(connection, {
        probe,
        budgetSeconds: request.budgetSeconds ?? defaultBudgetSeconds,
        signal,
        startedAt: starts.get(connection.node) ?? performance.now(),
      }),
    { limits, signal, ...(onProgress ? { onProgress } : {}) },
  );
  return new Map(results.map(({ target, outcome }) => [target.name, probed(outcome, probe)]));
}

function probed(outcome: Outcome<ProbedNode>, probe: ComposedProbe): ProbedNode {
  if (outcome.state === 'done') return outcome.value;
  const unknown: Unknown =
    outcome.state === 'interrupted' ? { state: 'unknown', reason: 'interrupted', detail: 'interrupted before it answered' } : unknownOf(outcome.error);
  return { access: unknown, sections: Object.fromEntries(probe.sections.map((key) => [key, unknown])) };
}
