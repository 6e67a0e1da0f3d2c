import type { LoginNode } from '../../../test/login-node.ts';
import { insideProgram } from '../../../test/inside-program.ts';
import type { TransportSettings } from '../settings.ts';
import { describeConnection } from '../testing/connection-contract.ts';
import { describeExecution } from '../testing/execution-contract.ts';
import { describeFanOut } from '../testing/fan-out-contract.ts';
import { createSshConnectionWorld, createSshExecutionWorld, createSshFanOutWorld } from '../testing/ssh-worlds.ts';

/** ssh takes its home from the password database, not from $HOME: it runs in the node's root, with that root's home. */
const settingsOn = ({ root }: LoginNode): Partial<TransportSettings> => {
  process.env['XDG_RUNTIME_DIR'] = root.shared;
  return { sshProgram: insideProgram(root, 'ssh') };
};

describeExecution('system-ssh', () => createSshExecutionWorld('system-ssh', settingsOn));
describeConnection('system-ssh', () => createSshConnectionWorld('system-ssh', settingsOn));
describeFanOut('system-ssh', () => createSshFanOutWorld('system-ssh', settingsOn));
