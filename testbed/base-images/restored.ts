import { describe, expect, test } from 'vitest';
import type { CommandResult } from '../../test/end-to-end/operator.ts';
import { waitUntil } from '../../test/end-to-end/wait-until.ts';
import { calico, pause, type AskedNodes, type Node } from './asked-nodes.ts';

/** The sandbox image and one that kubelet took: told, and brought back from the node itself and from another. */
export function restoredSuite(given: () => AskedNodes): void {
  test('the sandbox image that is gone is said to be', async () => {
    const { testbed, operator } = given();
    await testbed.root('containerd-1', `ctr -n k8s.io images rm --sync ${pause}`);
    const { exitCode, stdout } = await operator.nodemend('diagnose', '--only', 'base-images', '-o', 'json');
    const { findings } = JSON.parse(stdout) as {
      readonly findings: readonly { readonly rule: string; readonly subject: { readonly name?: string } }[];
    };
    const rulesOf = (node: Node): readonly string[] =>
      findings.filter(({ subject }) => subject.name === node).map(({ rule }) => rule);

    expect(exitCode).toBe(3);
    expect(rulesOf('containerd-1')).toContain('sandbox-image-missing');
    expect(rulesOf('containerd2-1')).toEqual(['images-fine']);
    expect(rulesOf('docker-1')).toEqual(['images-fine']);
  });

  describe('restored by nodemend', () => {
    const pair = ['--nodes', 'containerd-1,containerd2-1'] as const;
    const restore = (...words: readonly string[]): Promise<CommandResult> =>
      given().operator.nodemend('images', 'restore', ...words, ...pair);
    const digestOf = async (node: Node, name: string): Promise<string> =>
      (await given().testbed.root(node, `ctr -n k8s.io images ls 'name==${name}' | awk 'NR == 2 { print $3 }'`)).trim();

    test('the sandbox image, from the node itself under another name: known by what the other node has', async () => {
      const dry = await restore(pause, '--dry-run');
      const done = await restore(pause, '--yes');

      expect(dry, dry.stdout + dry.stderr).toMatchObject({ exitCode: 0 });
      expect(done, done.stdout + done.stderr).toMatchObject({ exitCode: 0 });
      expect(await digestOf('containerd-1', pause)).toBe(await digestOf('containerd2-1', pause));
      // The real kubelet starts a real pod from it.
      // Those that are still there would be taken for it.
      await given().testbed.kubectl('-n', 'kube-system', 'delete', 'pods', '--all', '--timeout=90s');
      await given().testbed.kubectl('-n', 'kube-system', 'rollout', 'status', 'daemonset/agent', '--timeout=90s');
      // Pods that are just being started do not say yet what they run, and so long their node is not wholly known.
      await waitUntil(async () => {
        const { exitCode, stdout, stderr } = await restore(pause, '--yes');
        return exitCode === 0 ? undefined : `${exitCode}: ${stdout}${stderr}`;
      });
    });

    test('one that kubelet has taken, whole from the other node', async () => {
      const done = await restore(calico, '--yes');

      expect(done, done.stdout + done.stderr).toMatchObject({ exitCode: 0 });
      expect(await digestOf('containerd-1', calico)).toBe(await digestOf('containerd2-1', calico));
      expect(await given().testbed.root('containerd-1', `ctr -n k8s.io images check 'name==${calico}'`)).toContain(
        'complete',
      );
    });

    test('what nobody has: the registry, asked by the node that would pull it, and its answer', async () => {
      const { exitCode, stdout } = await restore('registry.invalid/none:1', '--yes');

      expect(exitCode).toBe(6);
      const said = stdout.replaceAll(/\s+/gu, ' ');
      expect(said).toContain('no source of registry.invalid/none:1 can be used');
      expect(said).toContain('dial tcp: lookup registry.invalid on');
    });
  });
}
