import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CommandResult, Operator } from '../../test/end-to-end/operator.ts';
import makeImage from '../make-image.sh?raw';
import { fillDisk } from '../on-node.ts';
import type { TestTestbed } from '../testing/test-testbed.ts';
import quickKubelet from './quick-kubelet.sh?raw';

interface Given {
  readonly testbed: TestTestbed;
  readonly operator: Operator;
}

const config = '/var/lib/kubelet/config.yaml';
const patience = { timeout: 90_000, interval: 300 };

/** A real kubelet whose collections come every three seconds, and images that nothing runs from: what becomes of them. */
function imagesOf({ testbed }: Given, node: string) {
  const namesOn = async (): Promise<readonly string[]> =>
    (await testbed.root(node, 'ctr -n k8s.io images ls -q')).split('\n');
  return {
    namesOn,
    make: (...names: readonly string[]) => testbed.root(node, `set -- containerd 100 ${names.join(' ')}\n${makeImage}`),
    /** Takes more room than a full disk has. */
    makeQuick: () => testbed.root(node, quickKubelet),
    /** From its next start on. */
    quicken: () => testbed.root(node, 'mount --bind /var/lib/quick-kubelet /usr/local/bin/kubelet'),
    /** Collections that kubelet has finished since its last start, by its own log. */
    collections: async (): Promise<number> => {
      const log = await testbed.root(
        node,
        `journalctl --no-pager -o cat _SYSTEMD_INVOCATION_ID="$(systemctl show -p InvocationID --value kubelet)"`,
      );
      return log.split('\n').filter((line) => line.includes('Image garbage collection succeeded')).length;
    },
  };
}

/**
 * A node that only a hosts file names, so that no pod can hold an image there, and whose kubelet evicts late. Its disk is
 * past kubelet's threshold.
 */
export function thresholdsSuite(node: string, given: () => Given): void {
  const kept = 'a.test/threshold:1';
  let images: ReturnType<typeof imagesOf>;
  let before = '';
  let planned: CommandResult;
  let applied: CommandResult;
  const settings = (): Promise<string> => given().testbed.root(node, `cat ${config}; stat -c '%a %u %g' ${config}`);
  const nodemend = async (...words: readonly string[]): Promise<CommandResult> => {
    const { testbed, operator } = given();
    const { folder } = await testbed.status();
    const own = join(operator.folder, 'thresholds.yaml');
    writeFileSync(own, `${readFileSync(folder.configuration, 'utf8')}\nneededImages: ['${kept}']\n`);
    return operator.nodemend(...words, '--config', own, '--hosts', folder.hosts, '--nodes', node, '--lang', 'en');
  };
  const apply = (...words: readonly string[]): Promise<CommandResult> =>
    nodemend('apply', 'base-images', '--remedy', 'collection-thresholds', ...words, '--yes');

  beforeAll(async () => {
    const { testbed } = given();
    images = imagesOf(given(), node);
    await images.make(kept);
    await testbed.root(
      node,
      `printf 'evictionHard:\\n  imagefs.available: 4%%\\n  nodefs.available: 4%%\\n' >>${config}
       sed -i 's/^KUBELET_ARGS="/&--v=4 /' /etc/default/kubelet
       sleep 2; systemctl restart kubelet`,
    );
    before = await settings();
    await images.makeQuick();
    await fillDisk(await testbed.status(), node, '88%');
    await images.quicken();
    planned = await apply();
    applied = await apply('--allow', 'restart');
  });
  afterAll(() => given().testbed.root(node, 'rm -f /var/lib/filler'));

  test('without --allow restart nothing is done', () => {
    expect(planned.exitCode, planned.stdout + planned.stderr).not.toBe(0);
    expect(planned.stderr).toContain('--allow restart');
  });

  test('the thresholds are in force, and the image stays through collections', async () => {
    expect(applied, applied.stdout + applied.stderr).toMatchObject({ exitCode: 0 });
    expect(await settings()).toMatch(/\nimageGCHighThresholdPercent: 97\nimageGCLowThresholdPercent: 92\n/u);
    await expect.poll(images.collections, patience).toBeGreaterThanOrEqual(2);
    expect(await images.namesOn()).toContain(kept);
  });

  test('undone to the byte, and the next collection takes it', async () => {
    const undone = await given().operator.nodemend(
      'undo',
      given().operator.runs().at(-1) ?? '',
      '--allow',
      'restart',
      '--yes',
    );

    expect(undone, undone.stdout + undone.stderr).toMatchObject({ exitCode: 0 });
    expect(await settings()).toBe(before);
    await expect.poll(images.namesOn, patience).not.toContain(kept);
  });
}

/** Images that kubelet removes for their age alone, on a disk with room: nodemend's label is worth what was said. */
export function maximumAgeSuite(node: string, given: () => Given): void {
  const [loose, kept] = ['a.test/loose:1', 'a.test/kept:1'];

  test('imageMaximumGCAge takes what is loose, and not what is pinned', async () => {
    const { testbed, operator } = given();
    const { namesOn, make, makeQuick, quicken } = imagesOf(given(), node);
    await make(loose, kept);
    const pinned = await operator.nodemend('images', 'pin', kept, '--nodes', node, '--yes');
    expect(pinned, pinned.stdout + pinned.stderr).toMatchObject({ exitCode: 0 });
    const before = new Set(await namesOn());
    await makeQuick();
    await quicken();
    await testbed.root(
      node,
      `cp ${config} /root/config.yaml; echo 'imageMaximumGCAge: 10s' >>${config}; systemctl restart kubelet`,
    );

    await expect.poll(namesOn, patience).not.toContain(loose);
    await testbed.root(node, `cp /root/config.yaml ${config}; systemctl restart kubelet`);
    expect(before).toContain(loose);
    expect(await namesOn()).toContain(kept);
  });
}
