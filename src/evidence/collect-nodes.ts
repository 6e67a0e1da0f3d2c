import { NodemendError } from '../errors/nodemend-error.ts';
import { fanOut, fanOutLimits, type FanOutLimits, type FanOutResult } from '../transport/fan-out.ts';
import type { ProgressReport } from '../transport/progress.ts';
import type { NodeTarget, Transport } from '../transport/transport.ts';
import type { Fact } from './fact.ts';
import { composeProbe, type ComposedProbe } from './probe/compose.ts';
import { probeNode, type ProbedNode } from './probe/probe-node.ts';
import { unknownOf } from './unknown.ts';

export interface NodeCollection {
  readonly transport: Transport;
  readonly targets: readonly NodeTarget[];
  /** Empty: only who the nodes are. */
  readonly facts: readonly Fact[];
  /** For all sections of a node together, seconds. */
  readonly budgetSeconds?: number;
  /** Nodes worked on at once, at most. */
  readonly concurrency?: number;
  readonly signal: AbortSignal;
  readonly onProgress?: (report: ProgressReport) => void;
}

/** A section has 10 s at most; a whole probe that needs longer than two of those is on a node that is sick. */
const defaultBudgetSeconds = 20;

/**
 * Reads all nodes, each with one exec; what was not read says why. There is an entry for each target in any case, also
 * after Ctrl-C, which keeps what had arrived.
 */
export async function collectNodes(request: NodeCollection): Promise<ReadonlyMap<string, ProbedNode>> {
  const { transport, targets, facts, signal, budgetSeconds = defaultBudgetSeconds, onProgress } = request;
  const probe = composeProbe(facts);
  const dialled = new Map<NodeTarget, number>();
  const timed: Transport = {
    kind: transport.kind,
    connect: (target, aborted) => {
      dialled.set(target, performance.now());
      return transport.connect(target, aborted);
    },
    close: () => transport.close(),
  };
  const results = await fanOut(
    timed,
    targets,
    (connection, target) =>
      probeNode(connection, { probe, budgetSeconds, signal, startedAt: dialled.get(target) ?? performance.now() }),
    { limits: limitsOf(request), signal, ...(onProgress ? { onProgress } : {}) },
  );
  return new Map(results.map((result) => [result.target.name, probedNode(result, probe)]));
}

function limitsOf({ transport, concurrency }: NodeCollection): FanOutLimits {
  const usual = fanOutLimits(transport.kind);
  const nodes = Math.min(usual.nodes, concurrency ?? usual.nodes);
  return { ...usual, nodes, handshakes: Math.min(usual.handshakes, nodes) };
}

/** @throws NodemendError INTERNAL, a fault of ours, which must not look like a fault of the node */
function probedNode({ target, outcome }: FanOutResult<ProbedNode>, probe: ComposedProbe): ProbedNode {
  if (outcome.state === 'done') return outcome.value;
  const error =
    outcome.state === 'failed' ? outcome.error : new NodemendError('COMMAND_INTERRUPTED', { node: target.name });
  const unknown = unknownOf(error);
  return { access: unknown, sections: Object.fromEntries(probe.sections.map((key) => [key, unknown])) };
}
