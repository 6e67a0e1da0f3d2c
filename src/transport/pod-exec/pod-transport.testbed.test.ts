import { afterAll, beforeAll } from 'vitest';
import { startTestTestbed, type TestTestbed } from '../../../testbed/testing/test-testbed.ts';
import { describeRootExecution } from '../testing/execution-contract.ts';
import { describeFanOut } from '../testing/fan-out-contract.ts';
import { createPodExecutionFixture, createPodFanOutFixture, createPodNamespace } from '../testing/pod-fixtures.ts';

let testbed: TestTestbed;
beforeAll(async () => {
  testbed = await startTestTestbed({ containerd: 1, docker: 1 }, 'pods');
  await createPodNamespace(testbed);
});
afterAll(() => testbed?.down());

describeRootExecution('pods', () => createPodExecutionFixture(testbed, 'containerd-1', ['v5.channel.k8s.io']));
describeRootExecution('pods of a server before 1.30, on a Docker node', () =>
  createPodExecutionFixture(testbed, 'docker-1', ['v4.channel.k8s.io']),
);
describeFanOut('pods', () => createPodFanOutFixture(testbed, ['containerd-1', 'docker-1']));
