import { afterAll, beforeAll } from 'vitest';
import { startTestTestbed, type TestTestbed } from '../../../testbed/testing/test-testbed.ts';
import { describeRootExecution } from '../testing/execution-contract.ts';
import { describeFanOut } from '../testing/fan-out-contract.ts';
import { createPodExecutionWorld, createPodFanOutWorld, createPodNamespace } from '../testing/pod-worlds.ts';

let testbed: TestTestbed;
beforeAll(async () => {
  testbed = await startTestTestbed({ containerd: 1, docker: 1 }, 'pods');
  await createPodNamespace(testbed);
});
afterAll(() => testbed?.down());

describeRootExecution('pods', () => createPodExecutionWorld(testbed, 'containerd-1', ['v5.channel.k8s.io']));
describeRootExecution('pods of a server before 1.30, on a Docker node', () =>
  createPodExecutionWorld(testbed, 'docker-1', ['v4.channel.k8s.io']),
);
describeFanOut('pods', () => createPodFanOutWorld(testbed, ['containerd-1', 'docker-1']));
