import { rmSync } from 'node:fs';
import type { ChrootNode } from '../../../../test/chroot/chroot-node.ts';
import {
  bootsOf,
  commandLineOf,
  fast,
  nokmem,
  putBoots,
  rebootAction,
  rebootByHand,
} from '../../../../test/chroot/reboot-fixture.ts';
import { plainNode, type NodeFixture, type NodeTestCase } from '../../testing/node-fixture.ts';
import type { RebootAction } from '../reboot-action.ts';
import { rebootKind } from '../reboot.ts';

/** How often the node was rebooted, and what its kernel was given. */
function observed(node: ChrootNode): string {
  return `${bootsOf(node)}\n${commandLineOf(node)}`;
}

const boots = (seen: string): number => Number(seen.split('\n')[0]);
const hasArgument = (seen: string): boolean => seen.includes(nokmem);

function rebooted(seen: string): string {
  const [count, line = ''] = seen.split('\n');
  const next = hasArgument(line) ? line.replace(` ${nokmem}`, '') : `${line} ${nokmem}`;
  return `${Number(count) + 1}\n${next}`;
}

function testCase(): NodeTestCase<RebootAction> {
  return {
    before: (node) => {
      putBoots(node);
      return rebootAction(node);
    },
    seen: observed,
    killedEvery: 9,
    previewed: (preview, before) => (preview.includes(`+${nokmem}`) ? rebooted(before) : before),
    undone: (_preview, before) => rebooted(rebooted(before)),
    edit: (node) => rmSync(node.path('/proc/sys/kernel/random/boot_id')),
    edited: { plan: 'record refused NODE_TOOL_MISSING', run: 'undo refused NODE_TOOL_MISSING' },
    // Once, whoever died when; and once more to undo it, where it had happened.
    ends: {
      applied: (now) => boots(now) === 1 && hasArgument(now),
      undone: (now, { cut }) => !hasArgument(now) && boots(now) <= 2 && boots(now) >= boots(cut),
    },
    byHand: { codes: ['REBOOT_TIMED_OUT', 'REBOOT_PENDING'], act: rebootByHand },
  };
}

export const fixture: NodeFixture<RebootAction, RebootAction> = {
  kind: rebootKind,
  makeNode: (shell) => {
    const node = plainNode(shell);
    putBoots(node);
    return node;
  },
  context: { timing: fast },
  // A run that goes on finds its node in another boot.
  lock: { bootId: undefined },
  testCases: { 'a node is rebooted for an argument': testCase() },
};
