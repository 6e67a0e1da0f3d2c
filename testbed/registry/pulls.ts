import { expect } from 'vitest';
import type { TestbedStatus } from '../testbed-status.ts';
import type { TestTestbed } from '../testing/test-testbed.ts';

export interface Pull {
  readonly pod: string;
  readonly node: string;
  readonly image: string;
  readonly secret?: boolean;
  /** What the container runs. */
  readonly command?: readonly string[];
}

/** A busy machine takes several times as long as an idle one. */
export const patience = { timeout: 120_000, interval: 300 };

/** Pulls by real kubelets and runtimes, of pods that are made for them. */
export class Pulls {
  readonly testbed: TestTestbed;
  readonly status: TestbedStatus;

  constructor(testbed: TestTestbed, status: TestbedStatus) {
    this.testbed = testbed;
    this.status = status;
  }

  /** A pod that has its image pulled, whatever the node has already. */
  async pull({ pod, node, image, secret = false, command = ['echo', 'it runs'] }: Pull): Promise<void> {
    const overrides = JSON.stringify({
      spec: { nodeName: node, ...(secret ? { imagePullSecrets: [{ name: 'upstream' }] } : {}) },
    });
    await this.testbed.kubectl(
      'run',
      pod,
      `--image=${image}`,
      '--image-pull-policy=Always',
      '--restart=Never',
      `--overrides=${overrides}`,
      '--',
      ...command,
    );
  }

  async expectToRun(pod: string): Promise<void> {
    const phase = (): Promise<string> =>
      this.testbed.kubectl(
        'get',
        'pod',
        pod,
        '-o',
        'jsonpath={.status.phase} {.status.containerStatuses[0].state.waiting.message}',
      );
    await expect.poll(phase, patience).toMatch(/^Succeeded/);
    // kubelet may be asked for it a moment before the runtime has written it.
    await expect.poll(() => this.testbed.kubectl('logs', pod), patience).toBe('it runs\n');
  }

  /** What kubelet says of a pull that failed, in the runtime's own words. */
  async expectToFail(pod: string, message: RegExp): Promise<void> {
    const said = (): Promise<string> =>
      this.testbed.kubectl(
        'get',
        'events',
        `--field-selector=involvedObject.name=${pod},reason=Failed`,
        '-o',
        'jsonpath={.items[*].message}',
      );
    try {
      await expect.poll(said, patience).toContain('Failed to pull image');
      expect(await said()).toMatch(message);
    } finally {
      await this.testbed.kubectl('delete', 'pod', pod, '--grace-period=0', '--force', '--wait=false');
    }
  }

  /** Says how a connection fares: 0 made, 1 refused or reset, 124 no word within the time (timeout(1)). */
  async dial(node: string, host: string, port: number): Promise<number> {
    return Number(
      await this.testbed.root(node, `timeout 2 bash -c 'exec 3<>/dev/tcp/${host}/${port}' 2>/dev/null; echo $?`),
    );
  }

  addressOf(name: string): string {
    const { nodes, registries } = this.status.plan;
    return [...nodes, ...registries].find((each) => each.name === name)?.networkAddress ?? '';
  }
}
