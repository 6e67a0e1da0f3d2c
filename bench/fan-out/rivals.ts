import { join } from 'node:path';
import type { MeasuredCommand } from '../measured-process.ts';
import { ansibleCommand, findAnsible } from './ansible.ts';
import type { SshNodes } from './fixture.ts';

/** Another way to the same nodes, and how many times faster nodemend must be (design bars). */
export interface Rival {
  readonly name: string;
  readonly bar: number;
  /** Undefined when it is not here. */
  readonly command: Omit<MeasuredCommand, 'outputFile'> | undefined;
}

export interface RivalsOptions {
  readonly nodes: SshNodes;
  /** For what they write. */
  readonly folder: string;
  readonly mayInstall: boolean;
}

export function rivals({ nodes, folder, mayInstall }: RivalsOptions): readonly Rival[] {
  const ansible = findAnsible(process.env, mayInstall);
  return [
    {
      name: ansible ? `${ansible.version}, pipelining, 50 forks` : 'Ansible',
      bar: 8,
      command: ansible && ansibleCommand(ansible, nodes, folder),
    },
    {
      name: 'the guide’s loop of ssh',
      bar: 10,
      command: {
        program: 'sh',
        args: [
          join(import.meta.dirname, 'one-by-one.sh'),
          nodes.identityFile,
          join(folder, 'known-to-the-loop'),
          String(nodes.port),
          ...nodes.addresses,
        ],
      },
    },
  ];
}
