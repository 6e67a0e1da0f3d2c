import { describeConnection } from '../testing/connection-contract.ts';
import { describeExecution } from '../testing/execution-contract.ts';
import { createSshConnectionWorld, createSshExecutionWorld } from '../testing/ssh-worlds.ts';

describeExecution('ssh', () => createSshExecutionWorld('ssh', () => ({})));
describeConnection('ssh', () => createSshConnectionWorld('ssh', () => ({})));
