import type { Evidence, NodeEvidence } from '../../../evidence/evidence.ts';
import type { WorkloadFacts, WorkloadResource } from '../../../evidence/workloads/workload.ts';
import { retiredNames, type RetiredNames } from '../../../registry/successor.ts';
import type { FactValue, Finding, Subject } from '../../problem.ts';
import { notLookedAt, pass, trouble, unknown, type RuleFor } from '../finding.ts';
import { holdersOf } from '../../../images/image-holders.ts';
import { isRenamed } from './written-successor.ts';
import { retiredUses, type Mend, type RetiredReference, type RetiredUse } from './retired-use.ts';

const cluster = { kind: 'cluster' } as const;
const evidence = ['cluster#workloads', 'cluster#pods'];
const holderFacts = {
  held: { nodes: 'heldBy', count: 'holding' },
  lacked: { nodes: 'lackedBy', count: 'lacking' },
  unknown: { nodes: 'heldUnknown', count: 'unlisted' },
} as const;

/** The rule whose findings `plan` has an answer for. */
export const retiredRule = 'retired-reference';

/**
 * One finding for each object that has to be changed, whatever the number of its pods. What could not be listed is
 * unknown by name; custom resources are looked at when asked for.
 */
export function retiredFindings(
  { cluster: seen, nodes }: Evidence,
  retired: RetiredNames = retiredNames(),
): readonly Finding[] {
  // Without an API server the findings about pods say so already.
  if (seen.state !== 'seen' || seen.value.workloads === undefined) return [];
  const { workloads, pods } = seen.value;
  const found = retiredUses(workloads, pods?.state === 'seen' ? pods.value : undefined, retired).flatMap((use) =>
    findingsOf(use, nodes),
  );
  // That pods could not be listed is told with the pulls; a reference may stand in them alone.
  const doubts = [
    ...unlisted(workloads.builtIn, 'workloads-unknown'),
    ...customFindings(workloads),
    ...tooDeep(workloads),
  ];
  return [
    ...found,
    ...doubts,
    ...(found.length === 0 && pods?.state !== 'unknown' && !doubts.some(({ status }) => status === 'unknown')
      ? [allWell(workloads)]
      : []),
  ];
}

/** References that have a successor by a rule or by what its registry says, and those that a person has to find one for. */
export function isClear({ role, successor }: RetiredReference): boolean {
  return role !== 'field' && successor.reference !== undefined;
}

/** Also the subject of findings about the same object that are not made here. */
export function workloadSubject({ namespace, kind, name }: Pick<RetiredUse, 'namespace' | 'kind' | 'name'>): Subject {
  return { kind: 'workload', namespace, name: `${kind}/${name}` };
}

function findingsOf(use: RetiredUse, nodes: readonly NodeEvidence[]): readonly Finding[] {
  if (use.mend.how === 'pods-only') return [findingOf(use, use.references, { rule: 'retired-reference-in-pods' })];
  const [clear, unclear] = [use.references.filter(isClear), use.references.filter((reference) => !isClear(reference))];
  return [
    ...(clear.length === 0
      ? []
      : [
          findingOf(use, clear, {
            rule: retiredRule,
            why: variantOf(use, clear),
            holders: holdersOf(clear, nodes, holderFacts),
          }),
        ]),
    ...(unclear.length === 0
      ? []
      : [
          findingOf(use, unclear, {
            rule: 'retired-reference-unclear',
            why: reasonOf(unclear),
            holders: holdersOf(unclear, nodes, holderFacts),
          }),
        ]),
  ];
}

interface UseSaid {
  readonly rule: RuleFor<'fail'> & RuleFor<'warn'>;
  readonly why?: string;
  readonly holders?: Readonly<Record<string, FactValue>>;
}

function findingOf(
  use: RetiredUse,
  references: readonly RetiredReference[],
  { holders = {}, ...said }: UseSaid,
): Finding {
  const { mend, pods, waiting, pullSecrets } = use;
  const [first] = references;
  return trouble({
    ...said,
    // A pod that runs has its image; the next one, on another node, has to pull it.
    status: waiting > 0 ? 'fail' : 'warn',
    subject: workloadSubject(use),
    params: { old: first?.image ?? '', by: byOf(mend) },
    ...(mend.how === 'patch' ? {} : { remedy: false }),
    facts: {
      references: references.map(referenceFact),
      ...(pods === 0 ? {} : { using: pods }),
      ...(waiting === 0 ? {} : { waiting }),
      ...(pullSecrets.length === 0 ? {} : { pullSecrets }),
      ...holders,
    },
    evidence,
  });
}

function referenceFact({ image, successor, pointer, container }: RetiredReference): FactValue {
  return { image, becomes: successor.reference ?? '-', container, ...(pointer === undefined ? {} : { at: pointer }) };
}

function variantOf({ mend, waiting }: RetiredUse, references: readonly RetiredReference[]): string {
  if (mend.how === 'patch') {
    const how = references.every(isRenamed) ? 'renamed' : 'patch';
    return waiting > 0 ? `${how}-failing` : how;
  }
  return mend.how === 'managed' ? mend.manager.tool : mend.how;
}

function byOf(mend: Mend): string {
  if (mend.how === 'managed') return mend.manager.name;
  return mend.how === 'owner' || mend.how === 'owner-unseen' ? mend.by : '';
}

function reasonOf([first]: readonly RetiredReference[]): string {
  if (first === undefined || first.role === 'field' || first.successor.action === 'change') return 'field';
  return first.successor.reason === 'cluster-registry' ? 'cluster-registry' : 'names-differ';
}

/** Resources that could not be listed: what is in them is not known, and nothing else is in doubt. */
function unlisted(resources: readonly WorkloadResource[], rule: RuleFor<'unknown'>): readonly Finding[] {
  const unseen = resources.filter(({ objects }) => objects.state !== 'seen');
  const [first] = unseen.flatMap(({ objects }) => (objects.state === 'unknown' ? [objects.reason] : []));
  return first === undefined
    ? []
    : [
        unknown(
          {
            rule,
            subject: cluster,
            params: { resources: unseen.map(qualified).join(', ') },
            evidence: ['cluster#workloads'],
          },
          first,
        ),
      ];
}

/** As RBAC and `kubectl auth can-i list` name it. */
function qualified({ resource, group }: WorkloadResource): string {
  return group === '' ? resource : `${resource}.${group}`;
}

function customFindings({ custom }: WorkloadFacts): readonly Finding[] {
  const said = { rule: 'custom-resources-unknown', subject: cluster, evidence: ['cluster#workloads'] } as const;
  if (custom.state === 'not-looked-at')
    return [notLookedAt({ ...said, text: 'findings.custom-resources-not-looked-at' }, custom.enable)];
  if (custom.state === 'unknown') return [unknown({ ...said, params: { resources: '*' } }, custom.reason)];
  return unlisted(custom.value, said.rule);
}

/** Objects that were not searched to their end. */
function tooDeep(workloads: WorkloadFacts): readonly Finding[] {
  const objects = resourcesOf(workloads).flatMap((resource) =>
    resource.objects.state === 'seen'
      ? resource.objects.value
          .filter(({ truncated }) => truncated)
          .map(({ namespace, name }) => `${namespace}/${resource.kind}/${name}`)
      : [],
  );
  if (objects.length === 0) return [];
  return [
    unknown(
      {
        rule: 'workloads-too-deep',
        subject: cluster,
        params: { objects: objects.join(', ') },
        evidence: ['cluster#workloads'],
      },
      'truncated',
    ),
  ];
}

function resourcesOf({ builtIn, custom }: WorkloadFacts): readonly WorkloadResource[] {
  return [...builtIn, ...(custom.state === 'seen' ? custom.value : [])];
}

function allWell(facts: WorkloadFacts): Finding {
  const resources = resourcesOf(facts);
  const workloads = resources.reduce(
    (sum, { objects }) => sum + (objects.state === 'seen' ? objects.value.length : 0),
    0,
  );
  return pass({
    rule: 'references-fine',
    subject: cluster,
    params: { count: workloads },
    evidence,
    facts: { workloads },
  });
}
