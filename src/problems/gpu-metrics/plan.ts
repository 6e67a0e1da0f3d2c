import type { FileAction } from '../../actions/file/file-action.ts';
import type { ServiceAction } from '../../actions/service/service-action.ts';
import type { NodeEvidence } from '../../evidence/evidence.ts';
import type { ServiceUnit } from '../../runtimes/systemd/services.ts';
import { fileChange, fileObstacle, fileText } from '../kit/file-edit.ts';
import { joinedPlans, nothingPlanned, refusedPlan } from '../kit/plan-parts.ts';
import type { Finding, PlanInput, ProblemPlan } from '../problem.ts';
import { cachedCheck } from './cached-check.ts';
import { withoutProfiling } from './counters.ts';
import { exporterState } from './diagnose.ts';
import type { Exporter } from './exporter.ts';
import { problemId } from './meta.ts';

const countersPath = '/etc/dcgm-exporter/default-counters.csv';
const dropInPath = '/etc/systemd/system/dcgm-exporter.service.d/nodemend.conf';

/** ldconfig is run at each start of the exporter, so that no update of the library can bring the trouble back. */
const dropIn = `# Written by nodemend (gpu-metrics): the loader's cache lacks libdcgm.so.4 on NKS images of 2026-03-10.
[Service]
ExecStartPre=+/sbin/ldconfig
`;

/** The counters file, the loader's cache, then the exporter. Deterministic. */
export function plan({ evidence, findings }: PlanInput): ProblemPlan {
  return joinedPlans(
    evidence.nodes.map((node) => {
      const own = findings.find(({ subject }) => subject.kind === 'node' && subject.name === node.name);
      const isCurable = (own?.status === 'fail' || own?.status === 'warn') && own.remedy;
      return own !== undefined && isCurable ? planNode(node, own) : nothingPlanned;
    }),
  );
}

function planNode(node: NodeEvidence, own: Finding): ProblemPlan {
  const state = exporterState(node);
  if (state.state !== 'seen' || typeof state.value === 'string') return refusedPlan([own], 'unseen', {});
  const { unit, counters, hasDropIn } = state.value;
  const base = { problem: problemId, node: node.name, cures: [own.fingerprint] };
  if (hasDropIn) return refusedPlan([own], 'drop-in-there', { file: dropInPath });
  const operation = operationOf(unit);
  if (operation === undefined || unit.fragment === undefined)
    return refusedPlan([own], 'unit-changing', { state: `${unit.active} (${unit.sub})` });
  const edit = countersEdit(counters);
  if ('refused' in edit) return refusedPlan([own], 'file', { file: countersPath, why: edit.refused });
  const files: readonly FileAction[] = [
    ...edit.change.map((change) => fileAction(base, countersPath, { change, why: 'why.counters' })),
    {
      ...fileAction(base, dropInPath, { change: fileChange(undefined, dropIn), why: 'why.ldconfig' }),
      makesFolder: true,
    },
  ];
  const service: ServiceAction = {
    ...base,
    kind: 'service',
    id: `service:${node.name}:${unit.name}`,
    why: { key: 'why.restart', params: {} },
    operation,
    ...(operation === 'restart' ? { disrupts: 'restart' } : {}),
    unit: unit.name,
    fragment: unit.fragment,
    daemonReload: true,
    verify: [{ check: `${problemId}/${cachedCheck.name}`, args: [] }],
  };
  return { actions: [...files, service], refused: [] };
}

/** From one start to the next of a unit that dies again and again it does not run either. */
function operationOf({ active, sub }: ServiceUnit): 'start' | 'restart' | undefined {
  if (active === 'active') return 'restart';
  return active === 'inactive' || active === 'failed' || sub.startsWith('auto-restart') ? 'start' : undefined;
}

type Change = Pick<FileAction, 'from' | 'to'>;

/** Without the file the exporter has counters of its own. */
function countersEdit(
  counters: Exporter['counters'],
): { readonly change: readonly Change[] } | { readonly refused: string } {
  if (counters === 'absent') return { change: [] };
  if (counters === 'refused') return { refused: 'not-root-owned' };
  const obstacle = fileObstacle(counters);
  if (obstacle !== undefined) return { refused: obstacle };
  const text = withoutProfiling(fileText(counters));
  return { change: text === fileText(counters) ? [] : [fileChange(counters, text)] };
}

function fileAction(
  base: Pick<FileAction, 'problem' | 'node' | 'cures'>,
  path: string,
  { change, why }: { readonly change: Change; readonly why: string },
): FileAction {
  return {
    ...base,
    kind: 'file',
    id: `file:${base.node}:${path}`,
    why: { key: why, params: {} },
    path,
    ...change,
    validate: [],
    verify: [],
  };
}
