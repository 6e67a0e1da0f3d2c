import { readFileSync, rmSync } from 'node:fs';
import type { ChrootNode } from '../../../../test/chroot/chroot-node.ts';
import {
  calls,
  enableUnit,
  hurried,
  linksOf,
  putLinks,
  putUnit,
  serviceAction,
  unit,
} from '../../../../test/chroot/service-fixture.ts';
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

/** What boots with the node, as the command that makes it so; and every other link and folder. */
function enablement(node: ChrootNode): string {
  const links = linksOf(node);
  const made = ['dbus-demo.service', 'multi-user.target.wants', `multi-user.target.wants/${unit}`, socket];
  return made.every((link) => links.includes(link))
    ? `${links.filter((link) => !made.includes(link)).join('\n')}\nsystemctl enable ${unit}\n`
    : `${links.join('\n')}\n`;
}

const socket = 'sockets.target.wants/demo.socket';

function isRunning(node: ChrootNode): boolean {
  return readFileSync(node.path('/tmp/unit/unit'), 'utf8').includes('active=active');
}

const enabled: NodeTestCase<ServiceAction> = {
  before: (node) => {
    putUnit(node);
    putLinks(node);
    return serviceAction({ operation: 'enable' });
  },
  seen: enablement,
  killedEvery: 5,
  previewed,
  edit: (node, since) => {
    // Somebody enables it; and somebody who disabled it since.
    if (since === 'plan') enableUnit(node);
    else putLinks(node);
  },
  edited: { plan: 'prepare refused UNIT_CHANGED_SINCE_PLAN', run: 'undo already' },
};

const started: NodeTestCase<ServiceAction> = {
  before: (node) => {
    putUnit(node, { active: 'inactive', sub: 'dead' });
    return serviceAction({ operation: 'start' });
  },
  seen: (node) => (isRunning(node) ? `systemctl start ${unit}\n` : ''),
  killedEvery: 5,
  previewed,
  edit: (node, since) => putUnit(node, since === 'plan' ? {} : { active: 'inactive', sub: 'dead' }),
  edited: { plan: 'prepare refused UNIT_CHANGED_SINCE_PLAN', run: 'undo already' },
};

function testCase(change: Partial<ServiceAction>): NodeTestCase<ServiceAction> {
  return {
    before: (node) => {
      rmSync(node.path('/tmp/unit'), { recursive: true, force: true });
      putUnit(node);
      return serviceAction(change);
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
    'a unit is started': started,
    'a unit is enabled': enabled,
  },
};
