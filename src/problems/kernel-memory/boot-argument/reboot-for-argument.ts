import type { RebootAction } from '../../../actions/reboot/reboot-action.ts';
import { problemId } from '../meta.ts';
import { nokmem } from './written.ts';

/** A virtual machine is back in a minute; a server that tests its memory and disks takes ten. */
const withinSeconds = 900;

/** The reboot that puts the argument into force: it stands behind the action that writes it, if that is still to be done. */
export function rebootFor(bootId: string, { node, cures }: Pick<RebootAction, 'node' | 'cures'>): RebootAction {
  return {
    kind: 'reboot',
    id: `reboot:${node}`,
    problem: problemId,
    node,
    cures,
    why: { key: 'why.reboot', params: {} },
    disrupts: 'reboot',
    bootId,
    inForce: [{ argument: nokmem.text, present: true }],
    withinSeconds,
  };
}
