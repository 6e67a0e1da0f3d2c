import type { TransportSettings } from '../settings.ts';
import type { ControlFolder } from './control-folder.ts';
import type { SshRun } from './run-ssh.ts';

/** The ssh client of one transport, and its folder. */
export class SshPrograms {
  readonly settings: TransportSettings;
  readonly folder: ControlFolder;

  constructor(settings: TransportSettings, folder: ControlFolder) {
    this.settings = settings;
    this.folder = folder;
  }

  run(args: readonly string[]): SshRun {
    const { sshProgram, agentSocket } = this.settings;
    return { program: sshProgram, args, agentSocket, outputPath: `${this.folder.next()}.out` };
  }
}
