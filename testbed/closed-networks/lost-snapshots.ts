import { afterAll, beforeAll, expect, test } from 'vitest';
import { nodes, pulledByHand, tool, type ClosedNodes } from './closed-nodes.ts';
import type { TypedPage } from './page.ts';

const [, node] = nodes;
const config = '/etc/containerd/config.toml';
const mirrored = tool.replace('registry.k8s.io', 'mirror.test/k8s');
const restarted = 'systemctl restart containerd; until ctr version >/dev/null 2>&1; do sleep 0.1; done';

/**
 * containerd 2 drops layers once they are unpacked: the real kubelet pulls an image so, and then what was unpacked of it
 * is removed. Which `ctr images ls` and a diagnosis, which starts `ctr` once, cannot see.
 */
export function lostSnapshotsSuite(given: () => ClosedNodes, page: TypedPage): void {
  const nodemend = async (...words: readonly string[]): Promise<string> => (await given().nodemend(...words)).text;
  const listed = async (): Promise<unknown> => {
    const { document } = await given().listed();
    const { images = [] } = document.nodes.find(({ name }) => name === node) ?? {};
    return images.flatMap(({ name, content, found }) => (name === tool ? [[content, found?.unpacked]] : []));
  };
  const diagnosed = (): Promise<string> => nodemend('diagnose', '--only', 'base-images', '--nodes', node);

  /** As soon as the container that ran from it is removed, too. */
  const loseSnapshot = (): Promise<string> =>
    given().root(
      node,
      `get() { ctr -n k8s.io content get "$1"; }
       manifest=$(ctr -n k8s.io images ls "name==${tool}" | awk 'NR == 2 { print $3 }')
       config=$(get "$manifest" | sed 's/.*"config":[^}]*"digest":"\\([^"]*\\)".*/\\1/')
       layer=$(get "$config" | sed 's/.*"diff_ids":\\["\\([^"]*\\)".*/\\1/')
       n=0; until ctr -n k8s.io snapshots rm "$layer"; do n=$((n + 1)); [ "$n" -lt 100 ] || exit 1; sleep 0.2; done`,
    );

  beforeAll(async () => {
    const closed = given();
    await closed.loseWholly(node, tool);
    await closed.root(
      node,
      `cp -p ${config} /root/config.toml
       printf '[plugins."io.containerd.cri.v1.images"]\ndiscard_unpacked_layers = true\n' >>${config}; ${restarted}`,
    );
  });

  afterAll(async () => {
    const closed = given();
    await closed.loseWholly(node, tool);
    await closed.root(node, `cp -p /root/config.toml ${config}; ${restarted}; ${pulledByHand(tool, node)}`);
  });

  test('what is dropped is no fault as long as it is unpacked; what is lost is listed, planned, restored, and starts', async () => {
    await given().pulledByKubelet(node, mirrored);
    await given().root(node, `ctr -n k8s.io images tag ${mirrored} ${tool}`);
    expect(await listed()).toEqual([['without-layers', true]]);
    await loseSnapshot();
    const before = await given().names(node);
    expect(await listed()).toEqual([['half', false]]);
    const [said, planned, restored] = [
      await diagnosed(),
      await nodemend('plan', 'base-images', '--remedy', 'restore-images', '--nodes', node),
      await nodemend(...page.type('nodemend images restore --via ssh'), '--nodes', node, '--yes'),
    ];
    const run = given().operator.runs().at(-1) ?? '';

    expect(said).toMatch(/^0 /u);
    expect(said).toContain('whether images whose layers containerd drops are still unpacked on 1 of the nodes');
    expect(planned).toMatch(
      /^0 .*COMPLETE registry\.k8s\.io\/tool:1 .*Undo: nothing to undo: the name was there before/u,
    );
    expect(restored).toMatch(/^0 .*DONE run/u);
    expect(await listed()).toMatchObject([['whole', expect.anything() as unknown]]);
    expect(await nodemend('plan', 'base-images', '--remedy', 'restore-images', '--nodes', node)).toContain(
      'Nothing to change',
    );
    await given().startsPod(node, tool);
    expect(await nodemend('verify', run)).toMatch(/^0 .*HOLDS/u);
    // The name is as it was, and what came is there under it.
    expect(await nodemend('undo', run, '--yes')).toMatch(/^0 /u);
    expect(await given().names(node)).toEqual(before);
    await given().startsPod(node, tool);
  });
}
