import { afterAll, beforeAll } from 'vitest';
import { startTestTestbed, type TestTestbed } from '../../testbed/testing/test-testbed.ts';
import { describeExecution } from './testing/execution-contract.ts';
import {
  addUsers,
  createLocalWorld,
  createSshWorld,
  createSystemSshWorld,
  type UserTestbed,
} from './testing/testbed-worlds.ts';

/** The transports that log in, on real nodes; `pod` has a file of its own. */
let testbed: TestTestbed;
const scene = (): UserTestbed => ({ testbed, nodes: ['containerd-1', 'containerd-2'] });

beforeAll(async () => {
  testbed = await startTestTestbed({ containerd: 2, docker: 0 }, 'transports');
  await addUsers(scene());
});
afterAll(() => testbed?.down());

describeExecution('ssh, through a bastion', () => createSshWorld(scene()));
describeExecution('system-ssh', () => createSystemSshWorld(scene()));
describeExecution('local', () => createLocalWorld(scene()));
