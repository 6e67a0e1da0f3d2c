import { createLoginNode, enterAs, type LoginNodeOptions, type LoginUser } from '../../../test/login-node.ts';
import { describeExecution } from '../testing/execution-contract.ts';
import type { LoginFixture } from '../testing/execution-fixture.ts';
import { describeFanOut } from '../testing/fan-out-contract.ts';
import type { Place } from '../testing/place.ts';
import type { NodeTarget } from '../transport.ts';
import { createLocalTransport } from './local-transport.ts';

/** The node that nodemend runs on is a private root here, entered as one of its users. */
async function createFixture(options: LoginNodeOptions): Promise<LoginFixture> {
  const node = await createLoginNode(options);
  const withoutSudo = await createLoginNode({ ...options, sudo: false });
  const place = (user: LoginUser, { root } = node): Place => ({
    transport: createLocalTransport({ enter: enterAs(root, user) }),
    target: { name: 'node-1', address: 'localhost', identityFiles: [] },
  });
  return {
    root: place('root'),
    users: {
      'sudo-works': place('sudo-works'),
      'sudo-password': place('sudo-password'),
      'sudo-other': place('sudo-other'),
      'sudo-tty': place('sudo-tty'),
      'sudo-absent': place('sudo-works', withoutSudo),
    },
    processesWith: node.processesWith,
    close: async () => {
      await Promise.all([node.close(), withoutSudo.close()]);
    },
  };
}

describeExecution('local, where sh is dash', () => createFixture({ sh: 'dash' }));
describeExecution('local, where sh is bash', () => createFixture({ sh: 'bash' }));
describeExecution('local, where sh is busybox', () => createFixture({ sh: 'busybox' }));

describeFanOut('local', async () => {
  const node = await createLoginNode();
  const targets = (count: number): readonly NodeTarget[] =>
    Array.from({ length: count }, (_, index) => ({ name: `node-${index}`, address: 'localhost', identityFiles: [] }));
  return {
    transport: createLocalTransport({ enter: enterAs(node.root, 'sudo-works') }),
    targets,
    processesWith: node.processesWith,
    close: node.close,
  };
});
