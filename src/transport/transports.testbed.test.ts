import { afterAll, beforeAll } from 'vitest';
import { startTestTestbed, type TestTestbed } from '../../testbed/testing/test-testbed.ts';
import { describeExecution } from './testing/execution-contract.ts';
import {
  addUsers,
  createLocalFixture,
  createSshFixture,
  createSystemSshFixture,
  type UserTestbed,
} from './testing/testbed-fixtures.ts';

/** The transports that log in, on real nodes; `pod` has a file of its own. */
let testbed: TestTestbed;
const fixture = (): UserTestbed => ({ testbed, nodes: ['containerd-1', 'containerd-2'] });

beforeAll(async () => {
  testbed = await startTestTestbed({ containerd: 2, docker: 0 }, 'transports');
  await addUsers(fixture());
});
afterAll(() => testbed?.down());

describeExecution('ssh, through a bastion', () => createSshFixture(fixture()));
describeExecution('system-ssh', () => createSystemSshFixture(fixture()));
describeExecution('local', () => createLocalFixture(fixture()));
