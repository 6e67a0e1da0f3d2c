import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { agentDaemonSet } from '../testing/agent-daemon-set.ts';
import { agent, bundleOf, imagesOf, nodes, proxy, type AskedNodes, type Node } from './asked-nodes.ts';

/** What is loaded and what is pulled, under a tag that is moved on all nodes and put back. */
export function movedTagsSuite(given: () => AskedNodes): void {
  test('a tag that names another image than what runs is told, on all nodes alike; before, and put back, nothing is', async () => {
    const { testbed, operator } = given();
    const pulled = 'mirror.test/box:1';
    const moved = [agent, pulled] as const;
    const file = join(operator.folder, 'pulled.yaml');
    writeFileSync(file, agentDaemonSet(pulled).replaceAll('agent', 'pulled'));
    await testbed.kubectl('apply', '-f', file);
    await testbed.kubectl('-n', 'kube-system', 'rollout', 'status', 'daemonset/pulled', '--timeout=90s');
    const had = await bundleOf(given(), 'untagged');
    const idOn = (node: Node, name: string): string =>
      imagesOf(had, node).images.find(({ names }) => names.some((one) => one.name === name))?.id ?? '';
    const tag = (to: (node: Node, name: string) => string): Promise<unknown> =>
      Promise.all(
        nodes.map((node) =>
          testbed.root(
            node,
            moved
              .map(
                (name) =>
                  `${node === 'docker-1' ? 'docker tag' : 'ctr -n k8s.io images tag --force'} ${to(node, name)} ${name}`,
              )
              .join(' && '),
          ),
        ),
      );
    const listed = async (): Promise<unknown> => {
      const { stdout } = await operator.nodemend('images', 'list', '-o', 'json');
      const document = JSON.parse(stdout) as {
        readonly nodes: readonly {
          readonly name: string;
          readonly images: readonly { readonly name: string; readonly tagReplaced?: { readonly state: string } }[];
        }[];
      };
      return document.nodes.map(({ name, images }) => [
        name,
        images.flatMap((one) => (one.tagReplaced === undefined ? [] : [[one.name, one.tagReplaced.state]])),
      ]);
    };
    const told = async (): Promise<unknown> => {
      const { stdout } = await operator.nodemend('diagnose', '--only', 'base-images', '-o', 'json');
      const { findings } = JSON.parse(stdout) as {
        readonly findings: readonly {
          readonly rule: string;
          readonly subject: { readonly name?: string };
          readonly facts?: { readonly images?: readonly { readonly name: string; readonly running: string }[] };
        }[];
      };
      return findings
        .filter(({ rule }) => rule === 'tag-replaced' || rule === 'tag-unknown')
        .map(({ rule, subject, facts }) => [rule, subject.name, facts?.images]);
    };

    expect(await told()).toEqual([]);
    await tag(() => proxy);
    // What real kubelets say: of what was loaded its id, of what they pulled the digest that it was pulled by.
    const running = (id: RegExp, digest: RegExp): unknown => [
      { name: agent, running: expect.stringMatching(id) as unknown },
      { name: pulled, running: expect.stringMatching(digest) as unknown },
    ];
    const byContainerd = running(/^sha256:[0-9a-f]{64}$/u, /^mirror\.test\/box@sha256:[0-9a-f]{64}$/u);
    const byDocker = running(/^docker:\/\/sha256:/u, /^docker-pullable:\/\/mirror\.test\/box@sha256:/u);
    expect(await told()).toEqual(
      nodes.map((node) => ['tag-replaced', node, node === 'docker-1' ? byDocker : byContainerd]),
    );
    expect(await listed()).toEqual(nodes.map((node) => [node, moved.map((name) => [name, 'other'])]));
    await tag(idOn);
    expect(await told()).toEqual([]);
    await testbed.kubectl('-n', 'kube-system', 'delete', 'daemonset', 'pulled', '--wait=true');
  });
}
