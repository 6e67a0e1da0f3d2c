import type { ActionSpec } from '../../../actions/action-kinds.ts';
import type { Evidence, NodeEvidence } from '../../../evidence/evidence.ts';
import { countersOf, unitStates } from './fixture.ts';

/** The evidence as the probe would bring it after these actions. */
export function applyActions(evidence: Evidence, actions: readonly ActionSpec[]): Evidence {
  return {
    ...evidence,
    nodes: evidence.nodes.map((node) => actions.filter((action) => action.node === node.name).reduce(applyOne, node)),
  };
}

const exporter = 'gpu-metrics/exporter';

function applyOne(node: NodeEvidence, action: ActionSpec): NodeEvidence {
  if (action.kind === 'service') {
    const started = edited(node, 'systemd/services', (text) =>
      text.replace(/^dcgm-exporter.service .*$/m, `dcgm-exporter.service ${unitStates.running}`),
    );
    return edited(started, exporter, (text) =>
      text.replace('library found\n', 'library cached\n').replace(/^said .*\n/m, ''),
    );
  }
  if (action.kind !== 'file') return node;
  const { path, to } = action;
  return edited(node, exporter, (text) => {
    if (path.endsWith('/nodemend.conf'))
      return to === 'absent' ? text.replace('drop-in\n', '') : text.replace(/^counters /m, 'drop-in\ncounters ');
    return text.replace(/^counters [^]*$/m, to === 'absent' ? 'counters absent\n' : countersOf(to.content));
  });
}

function edited(node: NodeEvidence, key: string, change: (text: string) => string): NodeEvidence {
  const section = node.sections[key];
  if (section?.state !== 'seen') return node;
  const value = { ...section.value, output: change(section.value.output) };
  return { ...node, sections: { ...node.sections, [key]: { state: 'seen', value } } };
}
