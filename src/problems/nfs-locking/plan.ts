import type { ServiceAction } from '../../actions/service/service-action.ts';
import type { NodeEvidence } from '../../evidence/evidence.ts';
import type { ServiceUnit } from '../../runtimes/systemd/services.ts';
import { joinedPlans, nothingPlanned, refusedPlan } from '../kit/plan-parts.ts';
import type { Finding, PlanInput, ProblemPlan } from '../problem.ts';
import { answersCheck } from './answers-check.ts';
import { problemId } from './meta.ts';
import { nfsNode, type NfsNode } from './statd-state.ts';

/** rpcbind first, which statd registers with: the guide's order leaves what runs unregistered. Deterministic. */
export function plan({ evidence, findings }: PlanInput): ProblemPlan {
  return joinedPlans(
    evidence.nodes.map((node) => {
      const own = findings.find(({ subject }) => subject.kind === 'node' && subject.name === node.name);
      return own !== undefined && isCurable(own) ? planNode(node, own) : nothingPlanned;
    }),
  );
}

function isCurable(finding: Finding): boolean {
  return (finding.status === 'fail' || finding.status === 'warn') && finding.remedy;
}

function planNode(node: NodeEvidence, own: Finding): ProblemPlan {
  const nfs = nfsNode(node);
  if (nfs.state !== 'seen' || !nfs.value.hasNfs) return refusedPlan([own], 'unseen', {});
  const wanted = wantedOf(nfs.value);
  const unready = wanted.find(({ unit }) => unit.fragment === undefined || isBetween(unit));
  if (unready !== undefined)
    return refusedPlan([own], 'unit-changing', { unit: unready.unit.name, state: unready.unit.active });
  const actions = wanted.map(({ operation, unit }) => serviceAction(node.name, own, { operation, unit }));
  return { actions, refused: [] };
}

interface Wanted {
  readonly operation: 'enable' | 'start' | 'restart';
  readonly unit: ServiceUnit;
}

/** On its way somewhere else; a plan says from where. */
function isBetween({ active }: ServiceUnit): boolean {
  return !['active', 'inactive', 'failed'].includes(active);
}

function wantedOf({ services, statd }: NfsNode & { readonly hasNfs: true }): readonly Wanted[] {
  const { rpcbind } = services;
  const enable: readonly Wanted[] = rpcbind.enabled === 'disabled' ? [{ operation: 'enable', unit: rpcbind }] : [];
  if (statd.state === 'answers') return enable;
  const isSilent = statd.state === 'blocked' && statd.why === 'rpcbind-silent';
  const start: readonly Wanted[] =
    rpcbind.active !== 'active' || isSilent ? [{ operation: startOf(rpcbind), unit: rpcbind }] : [];
  return [...enable, ...start, { operation: startOf(services.statd), unit: services.statd }];
}

function startOf({ active }: ServiceUnit): 'start' | 'restart' {
  return active === 'active' ? 'restart' : 'start';
}

function serviceAction(node: string, { fingerprint }: Finding, { operation, unit }: Wanted): ServiceAction {
  const isStatd = unit.name === 'rpc-statd.service';
  return {
    kind: 'service',
    id: operation === 'enable' ? `service:${node}:${unit.name}:enable` : `service:${node}:${unit.name}`,
    problem: problemId,
    node,
    cures: [fingerprint],
    why: { key: `why.${operation === 'enable' ? 'enable' : isStatd ? 'statd' : 'rpcbind'}`, params: {} },
    operation,
    ...(operation === 'restart' ? { disrupts: 'restart' } : {}),
    unit: unit.name,
    fragment: unit.fragment ?? '',
    daemonReload: false,
    verify: isStatd ? [{ check: `${problemId}/${answersCheck.name}`, args: [] }] : [],
  };
}
