import { describeConnection } from '../testing/connection-contract.ts';
import { describeExecution } from '../testing/execution-contract.ts';
import { describeFanOut } from '../testing/fan-out-contract.ts';
import { createSshConnectionHost, createSshExecutionFixture, createSshFanOutFixture } from '../testing/ssh-fixtures.ts';

describeExecution('ssh', () => createSshExecutionFixture('ssh', () => ({})));
describeConnection('ssh', () => createSshConnectionHost('ssh', () => ({})));
describeFanOut('ssh', () => createSshFanOutFixture('ssh', () => ({})));
