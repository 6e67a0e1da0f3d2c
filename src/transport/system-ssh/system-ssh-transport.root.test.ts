import type { LoginNode } from '../../../test/login-node.ts';
import { insideProgram } from '../../../test/inside-program.ts';
import type { TransportSettings } from '../settings.ts';
import { describeConnection } from '../testing/connection-contract.ts';
import { describeExecution } from '../testing/execution-contract.ts';
import { describeFanOut } from '../testing/fan-out-contract.ts';
import { createSshConnectionHost, createSshExecutionFixture, createSshFanOutFixture } from '../testing/ssh-fixtures.ts';

/** ssh takes its home from the password database, not from $HOME: it runs in the node's root, with that root's home. */
const settingsOn = ({ root }: LoginNode): Partial<TransportSettings> => {
  process.env['XDG_RUNTIME_DIR'] = root.shared;
  return { sshProgram: insideProgram(root, 'ssh') };
};

describeExecution('system-ssh', () => createSshExecutionFixture('system-ssh', settingsOn));
describeConnection('system-ssh', () => createSshConnectionHost('system-ssh', settingsOn));
describeFanOut('system-ssh', () => createSshFanOutFixture('system-ssh', settingsOn));
