import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { imageArchive } from '../../test/chroot/image-archive.ts';
import { operatorOf } from '../../test/end-to-end/operator.ts';
import { waitUntil } from '../../test/end-to-end/wait-until.ts';
import { pushImage } from '../registry/push-image.ts';
import type { TestTestbed } from '../testing/test-testbed.ts';

/** What new nodes are given: an image that the registry beside them fetches from outside, where it is pushed later. */
const name = 'registry.k8s.io/new-node:1';
const { archive, digest } = imageArchive(name, { isCompressed: true });
const source = `mirror.test/new-node@${digest}`;
const unit = 'nodemend-base-images';
const loader = '/var/lib/nodemend/user-script/load-images.sh /var/lib/nodemend/user-script/base-images';

/** The user script of docs/closed-networks.md. */
export async function newNodesScript(): Promise<string> {
  const anybody = operatorOf(undefined, {});
  try {
    const list = join(anybody.folder, 'base-images.txt');
    writeFileSync(list, `${name}=${source}\n`);
    const { exitCode, stdout, stderr } = await anybody.nodemend(
      'user-script',
      'base-images',
      '--base-images-file',
      list,
    );
    expect(exitCode, stderr).toBe(0);
    return stdout;
  } finally {
    anybody.leave();
  }
}

/** Until now the nodes tried in vain. @returns once each has it */
export async function serveNewNodes(testbed: TestTestbed, nodes: readonly string[]): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'nodemend-new-node-'));
  try {
    const file = join(folder, 'image.tar');
    writeFileSync(file, archive);
    await pushImage(await testbed.status(), { format: 'oci-archive', file }, 'new-node:1');
  } finally {
    rmSync(folder, { recursive: true });
  }
  const works = async (node: string): Promise<string | undefined> =>
    (await testbed.root(node, `systemctl is-active ${unit} || :`)) === 'inactive\n' ? undefined : `${unit} on ${node}`;
  await Promise.all(nodes.map((node) => waitUntil(() => works(node))));
}

/** With the real runtimes, the real systemd and the real registry. */
export function newNodesSuite(nodes: readonly string[], given: () => TestTestbed): void {
  const isDocker = (node: string): boolean => node.startsWith('docker');
  const remove = (node: string): string =>
    isDocker(node)
      ? `docker rmi -f '${name}' '${source}' >/dev/null`
      : `ctr -n k8s.io images rm '${name}' '${source}' >/dev/null`;
  const here = (node: string): Promise<string> =>
    given().root(
      node,
      isDocker(node)
        ? `docker image inspect --format '{{.RepoDigests}}' ${name}`
        : `ctr -n k8s.io images ls | awk -v name='${name}' '$1 == name { print $3, $NF }'`,
    );

  describe('the user script, at the first boot', () => {
    test.each(nodes)('leaves it to systemd, which loads the image as soon as all answer, on %s', async (node) => {
      const born = await given().root(node, 'cat /var/log/userscript_v2.output /var/log/userscript_v2.exitcode');
      const tried = await given().root(node, `journalctl --no-pager -o cat -u ${unit}`);

      expect(born).toBe(
        `nodemend: base-images: no container runtime answers yet; ${unit} loads them once one does: journalctl -u ${unit}\n0\n`,
      );
      expect(tried).toContain(`${name} was loaded from ${source}`);
    });

    test.concurrent.each(nodes)(
      'its loader brings it back under every shell, and then has nothing to do, on %s',
      async (node) => {
        for (const shell of ['dash', 'bash', 'busybox sh']) {
          await given().root(node, `${remove(node)} || :`);
          const loaded = await given().root(node, `${shell} ${loader}`);
          expect(loaded, shell).toBe(`${name} was loaded from ${source}\n`);
          expect(await here(node), shell).toContain(digest);
        }
        if (!isDocker(node)) expect(await here(node)).toContain('io.cri-containerd.pinned=pinned');
        expect(await given().root(node, `sh ${loader}`)).not.toContain('loaded');
      },
    );
  });
}
