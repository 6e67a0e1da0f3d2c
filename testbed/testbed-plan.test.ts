import { expect, test } from 'vitest';
import { planTestbed, plannedRegistry, type TestbedSize } from './testbed-plan.ts';

const planOf = (size: TestbedSize) => planTestbed('test', size, { slot: 77, apiPort: 6443, sshPort: 2222 });

test('closed nodes are in the closed network, the bastion and registries beside the open ones, the registry outside elsewhere', () => {
  const plan = planOf({ containerd: 2, docker: 1, closed: ['containerd-2'] });
  expect(plan.nodes.map(({ name, subnet, networkAddress }) => `${name} ${subnet} ${networkAddress}`)).toEqual([
    'containerd-1 open 10.77.1.1',
    'containerd-2 closed 10.78.1.2',
    'docker-1 open 10.77.1.3',
  ]);
  expect(
    [plan.bastion, ...(['mirror', 'internal', 'upstream'] as const).map((name) => plannedRegistry(plan, name))].map(
      ({ networkAddress }) => networkAddress,
    ),
  ).toEqual(['10.77.1.4', '10.77.1.6', '10.77.1.7', '198.51.100.10']);
});

test('without closed nodes there is no registry of theirs', () => {
  expect(planOf({ containerd: 1, docker: 0 }).registries.map(({ name }) => name)).toEqual(['upstream', 'mirror']);
});

test('every host has its own address on the machine’s loopback', () => {
  const plan = planOf({ containerd: 3, docker: 2 });
  const addresses = [...plan.nodes, plan.bastion, ...plan.registries].map(({ address }) => address);
  expect(new Set(addresses).size).toBe(8);
});

test('a closed node that there is not is named, with those that are', () => {
  expect(() => planOf({ containerd: 1, docker: 0, closed: ['docker-1'] })).toThrow(
    'There is no node docker-1\n  next: name one of containerd-1',
  );
});
