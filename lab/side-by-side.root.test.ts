import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { captureMachine, machineChanges } from '../test/canary.ts';
import { startTestLab } from './testing/test-lab.ts';

test('two labs side by side do not meet, and the machine sees neither in its own network', async () => {
  const before = captureMachine();
  const [one, two] = await Promise.all([startTestLab(2, 'one'), startTestLab(2, 'two')]);
  try {
    expect(one.status.server).not.toBe(two.status.server);
    const addresses = [...one.status.nodes, ...two.status.nodes].map(({ address }) => address);
    expect(new Set(addresses).size).toBe(4);
    for (const lab of [one, two])
      expect((await lab.ssh(lab.docker.name, 'hostname')).stdout.trim()).toBe(lab.docker.name);
    expect(machineChanges(before, captureMachine())).toEqual([]);
    await one.down();
    expect((await two.ssh(two.docker.name, 'hostname')).stdout.trim()).toBe(two.docker.name);
    const { address, port } = one.docker;
    const gone = await new Promise((resolve) =>
      connect({ host: address, port }).once('error', (error) => resolve('code' in error && error.code)),
    );
    expect(gone).toBe('ECONNREFUSED');
  } finally {
    await Promise.all([one.down(), two.down()]);
  }
});
