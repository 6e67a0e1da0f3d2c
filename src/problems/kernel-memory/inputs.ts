import { NodemendError } from '../../errors/nodemend-error.ts';
import { remedyInputs, type InputsOf } from '../inputs.ts';

/** The remedies of this problem, by their ids. */
export const inputs = {
  /** Writes `cgroup.memory=nokmem` for the next boot, and reboots the node. */
  'boot-argument': remedyInputs({
    options: {
      prevent: { kind: 'flag', namesRemedy: true },
      'override-gate': { kind: 'value', placeholder: 'reason' },
      'argument-only': { kind: 'flag', namesRemedy: true },
    },
    atBootstrap: true,
    onNodes: true,
    read: ({ prevent, 'override-gate': reason, 'argument-only': argumentOnly }, command) => {
      const needs = (typed: string, other: string): NodemendError =>
        new NodemendError('USAGE', { context: 'needs', command, typed, other });
      if (reason !== undefined && !prevent) throw needs('--override-gate', '--prevent');
      if (reason?.trim() === '') throw needs('--override-gate', 'REASON');
      // Nothing reboots a node at its first boot.
      if (argumentOnly && command === 'user-script')
        throw new NodemendError('USAGE', { context: 'conflict', command, typed: '--argument-only', other: command });
      return {
        /** Nodes without a finding as well. */
        prevent,
        /** Why it is wanted where the trouble cannot happen. */
        override: reason?.trim(),
        /** The reboot is somebody else's, or of another window. */
        argumentOnly,
      };
    },
  }),
};

export type KernelMemoryInputs = InputsOf<typeof inputs>;
