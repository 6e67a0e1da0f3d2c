import type { ActionSpec } from '../../../actions/action-kinds.ts';
import type { ServiceAction } from '../../../actions/service/service-action.ts';
import type { Evidence, NodeEvidence } from '../../../evidence/evidence.ts';

/** The evidence as the probe would bring it a moment after these actions. */
export function applyActions(evidence: Evidence, actions: readonly ActionSpec[]): Evidence {
  const services = actions.filter((action) => action.kind === 'service');
  return {
    ...evidence,
    nodes: evidence.nodes.map((node) => services.filter((action) => action.node === node.name).reduce(applyOne, node)),
  };
}

const services = 'systemd/services';
const registered = 'nfs-locking/registered';

function applyOne(node: NodeEvidence, { operation, unit }: ServiceAction): NodeEvidence {
  const units = edited(node, services, (text) =>
    text.replaceAll(
      new RegExp(`^(${unit}) (\\S+) (\\S+) (\\S+) (\\S+) (\\d+) (\\S) (\\S+) `, 'gm'),
      (...parts: readonly string[]) => {
        const [, name = '', load = '', active = '', sub = '', enabled = '', pid = '', state = '', age = ''] = parts;
        return operation === 'enable'
          ? `${[name, load, active, sub, 'enabled', pid, state, age].join(' ')} `
          : `${[name, load, 'active', 'running', enabled, '500', 'S', '1'].join(' ')} `;
      },
    ),
  );
  return unit === 'rpc-statd.service' ? edited(units, registered, () => 'statd answers\n') : units;
}

function edited(node: NodeEvidence, key: string, change: (text: string) => string): NodeEvidence {
  const section = node.sections[key];
  if (section?.state !== 'seen') return node;
  const value = { ...section.value, output: change(section.value.output) };
  return { ...node, sections: { ...node.sections, [key]: { state: 'seen', value } } };
}
