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
  if (unit !== 'rpc-statd.service') return units;
  // It is asked again, and answers.
  const answer = { exitCode: 0, encoding: 'utf8', output: 'statd answers\n', errors: '', truncated: false } as const;
  return { ...units, sections: { ...units.sections, [registered]: { state: 'seen', value: answer } } };
}

function edited(node: NodeEvidence, key: string, change: (text: string) => string): NodeEvidence {
  const section = node.sections[key];
  if (section?.state !== 'seen') return node;
  const value = { ...section.value, output: change(section.value.output) };
  return { ...node, sections: { ...node.sections, [key]: { state: 'seen', value } } };
}
