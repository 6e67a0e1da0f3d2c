import { describeConnection } from '../testing/connection-contract.ts';
import { describeExecution } from '../testing/execution-contract.ts';
import { describeFanOut } from '../testing/fan-out-contract.ts';
import { createSshConnectionWorld, createSshExecutionWorld, createSshFanOutWorld } from '../testing/ssh-worlds.ts';

describeExecution('ssh', () => createSshExecutionWorld('ssh', () => ({})));
describeConnection('ssh', () => createSshConnectionWorld('ssh', () => ({})));
describeFanOut('ssh', () => createSshFanOutWorld('ssh', () => ({})));
