import { expect, test } from 'vitest';
import { waitUntil } from '../../test/end-to-end/wait-until.ts';
import { killApiServer } from '../power.ts';
import { agent, nodes, type ClosedNodes } from './closed-nodes.ts';

/** The last of a cluster: from here on the real AlwaysPullImages changes the policy of every pod that is made. */
export function alwaysPulledSuite(given: () => ClosedNodes): void {
  const [node, other] = nodes;
  const pair = ['--nodes', `${node},${other}`] as const;
  const nodemend = async (...words: readonly string[]): Promise<string> => (await given().nodemend(...words)).text;
  const diagnosed = (): Promise<string> => nodemend('diagnose', '--only', 'base-images', ...pair);
  /** Of the DaemonSet, which says IfNotPresent: what its pods on these nodes have, and what they wait for. */
  const pods = async (): Promise<readonly string[]> => {
    const columns =
      '{.spec.nodeName} {.spec.containers[0].imagePullPolicy} {.status.containerStatuses[0].state.waiting.reason}';
    const format = `jsonpath={range .items[*]}${columns}{"\\n"}{end}`;
    const text = await given().testbed.kubectl('-n', 'kube-system', 'get', 'pods', '-l', 'app=agent', '-o', format);
    const lines = text.split('\n').filter((line) => line.startsWith(`${node} `) || line.startsWith(`${other} `));
    return lines.map((line) => line.trim().replace(/ImagePullBackOff$/u, 'ErrImagePull')).toSorted();
  };
  const waiting = [`${node} Always ErrImagePull`, `${other} Always ErrImagePull`];
  const wait = (): Promise<void> =>
    waitUntil(async () => {
      const now = await pods();
      return now.join() === waiting.join() ? undefined : now.join();
    });

  test('pods that AlwaysPullImages changed wait with their image beside them; none is promised to them, and none helps', async () => {
    const { testbed, status } = given();
    await killApiServer(status, ['--enable-admission-plugins=AlwaysPullImages']);
    await waitUntil(async () => ((await pods().catch(() => [])).length === 2 ? undefined : 'the API server'));
    const onPair = `spec.nodeName!=${nodes[2]}`;
    await testbed.kubectl('-n', 'kube-system', 'delete', 'pods', '-l', 'app=agent', '--field-selector', onPair);
    await wait();

    expect(await diagnosed()).toMatch(
      /^3 .*image-always-pulled, high, 2 nodes .*that are there: \S+\/agent:1\. .*Always/u,
    );
    expect(await nodemend('images', 'restore', ...pair, '--yes')).toMatch(
      /^0 .*Nothing to change\. .*A plan cannot fix \d+ findings: .*image-always-pulled\./u,
    );

    await given().lose(node, agent);
    expect(await diagnosed()).toMatch(
      /base-image-missing, high, 1 node .*policy is Always, so they need the registry even/u,
    );
    const useless =
      /LEFT ALONE .*containerd-1: restoring \S+\/agent:1 would not help: the pull policy of its pods is Always/u;
    expect(await nodemend('images', 'restore', ...pair, '--yes')).toMatch(new RegExp(`^6 .*${useless.source}`, 'u'));
    // By its name it is brought, and no more is said of it than is so.
    const named = await nodemend('images', 'restore', agent, ...pair, '--yes');
    expect(named).toMatch(
      /^6 .*containerd-1: \S+\/agent:1 is restored because it was asked for by name, which does not help/u,
    );
    expect(named).toContain('DONE run');
    // kubelet asks again, and gets it as little.
    await testbed.kubectl('-n', 'kube-system', 'delete', 'pods', '-l', 'app=agent', '--field-selector', onPair);
    await wait();
  });
}
