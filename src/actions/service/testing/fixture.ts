import { rmSync } from 'node:fs';
import type { ChrootNode } from '../../../../test/chroot/chroot-node.ts';
import { calls, hurried, putUnit, serviceAction, unit } from '../../../../test/chroot/service-fixture.ts';
import { plainNode, type NodeFixture, type NodeTestCase } from '../../testing/node-fixture.ts';
import type { ServiceAction } from '../service-action.ts';
import { serviceKind } from '../service.ts';

/** What was asked of systemd, as people type it. */
function observed(node: ChrootNode): string {
  return calls(node)
    .map((call) => `systemctl ${call.replace(/ with.*/u, '').replace(/ (?:--no-block )?-- /u, ' ')}\n`)
    .join('');
}

/** The preview is the commands, and an undo gives them once more. */
const previewed = (preview: string, before: string): string => `${before}${preview}\n`;

function testCase(change: Partial<ServiceAction>): NodeTestCase<ServiceAction> {
  return {
    before: (node) => {
      rmSync(node.path('/tmp/unit'), { recursive: true, force: true });
      putUnit(node);
      const { disrupts, ...action } = serviceAction(change);
      return action.operation === 'restart' ? { ...action, disrupts: disrupts ?? 'restart' } : action;
    },
    seen: observed,
    killedEvery: 3,
    previewed,
    undone: (preview, before) => previewed(preview, previewed(preview, before)),
    edit: (node, since) => {
      // Another unit under the same name; and one that somebody stopped, which is not for us to start.
      if (since === 'plan') putUnit(node, { fragment: '/etc/systemd/system/demo.service' });
      else putUnit(node, { active: 'inactive', sub: 'dead' });
    },
    edited: { plan: 'prepare refused UNIT_CHANGED_SINCE_PLAN', run: 'undo already' },
    // A process that died while it asked does not know whether it was heard, and asks again.
    ends: {
      applied: (now) => now.includes(unit),
      undone: (now, { cut }) => !cut.includes(unit) || now.length > cut.length,
    },
  };
}

export const fixture: NodeFixture<ServiceAction, ServiceAction> = {
  kind: serviceKind,
  makeNode: (shell) => {
    const node = plainNode(shell);
    putUnit(node);
    return node;
  },
  context: { timing: hurried },
  testCases: {
    'a unit is restarted': testCase({}),
    'a unit is reloaded': testCase({ operation: 'reload' }),
  },
};
