import type { Evidence } from '../../evidence/evidence.ts';
import type { Finding, ProblemPlan } from '../../problems/problem.ts';
import { makePlan } from '../make-plan.ts';
import type { Plan } from '../plan.ts';
import { rebootId } from './reboot-findings.ts';

/** For a node to answer again, seconds: a server with much memory tests it for minutes. */
const withinSeconds = 15 * 60;

interface RebootPlanning {
  readonly evidence: Evidence;
  /** As `rebootFindings` made them. */
  readonly findings: readonly Finding[];
  /** Why, in the words of who asked: part of the plan, of each node's record, and of its marks. */
  readonly reason: string | undefined;
}

/**
 * A plan of reboots, bound to the boots that the nodes are in. Pure and deterministic.
 *
 * @throws NodemendError PLAN_UNBOUND
 */
export function planReboot({ evidence, findings, reason }: RebootPlanning): Plan {
  const boots = new Map(
    evidence.nodes.map(({ name, access }) => [name, access.state === 'seen' ? access.value.bootId : '']),
  );
  const plan = (): ProblemPlan => ({
    refused: [],
    actions: findings.flatMap((finding): ProblemPlan['actions'] => {
      if (finding.status !== 'fail' || finding.subject.kind !== 'node') return [];
      const { fingerprint, text, subject } = finding;
      const node = subject.name;
      return [
        {
          kind: 'reboot',
          id: `reboot:${node}`,
          node,
          problem: rebootId,
          cures: [fingerprint],
          why: reason === undefined ? text : { key: `${text.key}Because`, params: { ...text.params, reason } },
          disrupts: 'reboot',
          bootId: boots.get(node) ?? '',
          inForce: [],
          withinSeconds,
        },
      ];
    }),
  });
  return makePlan({ evidence, findings, problems: [{ meta: { id: rebootId, writes: [] }, plan }] });
}
