import { felixVariable } from '../../calico/felix-settings.ts';
import { udpVariables } from '../../calico/udp-variables.ts';
import type { FieldChange, ObjectPatchAction } from '../../actions/object-patch/object-patch-action.ts';
import type { CalicoNodeTemplate } from '../../evidence/calico/calico-facts.ts';
import { nothingPlanned, optionalIfWarned, refusedPlan } from '../kit/plan-parts.ts';
import type { Trouble } from '../kit/rules.ts';
import { keptBy } from '../kit/upkeep.ts';
import type { PlacedWorkload } from '../kit/workload-tree.ts';
import type { Finding, PlanInput, ProblemPlan } from '../problem.ts';
import { calicoOf } from './calico.ts';
import { problemId, udpRemedy } from './meta.ts';

/** The same by Calico's own configuration, with either datastore, for a person to paste. */
const calicosWay = `calicoctl patch felixconfiguration default --patch '${JSON.stringify({
  spec: Object.fromEntries(udpVariables.map(({ field, value }) => [field, value])),
})}'`;

/** The guide's two variables on `calico-node`, where nobody else keeps it as it is, and only when asked for. */
export function plan({ evidence, findings, remedies }: PlanInput): ProblemPlan {
  const finding = findings.find(isOpen);
  const calico = calicoOf(evidence);
  if (finding === undefined || calico.state !== 'seen' || calico.value === undefined) return nothingPlanned;
  const { node, sources } = calico.value;
  const { namespace } = node.workload;
  const by = keptBy(node.workload);
  if (by !== undefined) return refusedPlan([finding], 'managed', { by, namespace, command: calicosWay });
  if (!remedies?.has(udpRemedy)) return optionalIfWarned(finding, refusedPlan([finding], 'not-asked', {}));
  if (node.workload.strategy === 'OnDelete') return refusedPlan([finding], 'on-delete', { namespace });
  const changes = changesOf(sources.template);
  if (changes === undefined) return refusedPlan([finding], 'set-otherwise', { namespace });
  return { actions: [], clusterActions: [patchOf(finding, node, changes)], refused: [] };
}

function isOpen(finding: Finding): finding is Trouble {
  return finding.rule === 'udp' && (finding.status === 'fail' || finding.status === 'warn');
}

/**
 * New variables stand behind all others; undefined where one is written in a way that is not to be written over: twice,
 * under another spelling or the setting's older name, from another object, or with a value that Felix does not take.
 */
function changesOf({ container, count, variables }: CalicoNodeTemplate): readonly FieldChange[] | undefined {
  const named = (name: string) => variables.filter((one) => felixVariable(one.name) === felixVariable(name));
  if (count === 0 || named('FELIX_BPFCONNECTTIMELOADBALANCINGENABLED').length > 0) return undefined;
  const isOthers = udpVariables.some(({ name, accepted }) => {
    const [found, ...more] = named(name);
    return found !== undefined && (more.length > 0 || found.name !== name || !accepted.test(found.value ?? ''));
  });
  if (isOthers) return undefined;
  const list = `/spec/template/spec/containers/${container}/env`;
  const isNew = ({ name }: { readonly name: string }): boolean => named(name).length === 0;
  const changed = udpVariables.flatMap(({ name, value }) =>
    named(name)
      .filter((found) => found.value !== value)
      .map((found) => ({
        path: `${list}/${found.at}`,
        from: { name, value: found.value ?? '' },
        to: { name, value },
      })),
  );
  const added = udpVariables
    .filter(isNew)
    .map(({ name, value }, at) => ({ path: `${list}/${count + at}`, from: null, to: { name, value } }));
  return changed.length + added.length === 0 ? undefined : [...changed, ...added];
}

function patchOf(
  { fingerprint }: Trouble,
  { group, version, resource, kind, workload: { namespace, name, uid } }: PlacedWorkload,
  changes: readonly FieldChange[],
): ObjectPatchAction {
  return {
    kind: 'object-patch',
    id: `object-patch:${namespace}/${kind}/${name}`,
    problem: problemId,
    cures: [fingerprint],
    why: { key: 'why.udp', params: {} },
    disrupts: 'restart',
    object: { kind, group, version, resource, namespace, name },
    uid,
    changes,
  };
}
