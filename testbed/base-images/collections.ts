import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CommandResult } from '../../test/end-to-end/operator.ts';
import { waitUntil } from '../../test/end-to-end/wait-until.ts';
import makeImage from '../make-image.sh?raw';
import { fillDisk } from '../on-node.ts';
import type { AskedNodes } from './asked-nodes.ts';
import quickKubelet from './quick-kubelet.sh?raw';

const config = '/var/lib/kubelet/config.yaml';
const patience = { timeout: 90_000, interval: 300 };

/** A real kubelet whose collections come every three seconds, and images that nothing runs from: what becomes of them. */
function imagesOf({ testbed }: AskedNodes, node: string) {
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
function thresholdsSuite(node: string, given: () => AskedNodes): void {
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

/**
 * Images that kubelet removes for their age alone, on disks with room: what nodemend pinned stays, by its label where that
 * is honoured (the second node), by the pod that runs from it where it is not (the first). The second one's time passes
 * while thresholds are tried on the first.
 */
export function collectionsSuite(nodes: readonly [string, string], given: () => AskedNodes): void {
  const [loose, kept] = ['a.test/loose:1', 'a.test/kept:1'];
  const [held, labelled] = nodes;
  let aged: Promise<readonly string[]>;

  /** @returns what is there then */
  async function age(node: string): Promise<readonly string[]> {
    const { namesOn, make } = imagesOf(given(), node);
    await make(loose);
    expect(await namesOn()).toEqual(expect.arrayContaining([loose, kept]));
    await given().testbed.root(
      node,
      `cp ${config} /root/config.yaml; echo 'imageMaximumGCAge: 10s' >>${config}; systemctl restart kubelet`,
    );
    // Not in a test for the one of which the time passes meanwhile.
    await waitUntil(async () => ((await namesOn()).includes(loose) ? `${loose} on ${node}` : undefined));
    await given().testbed.root(node, `cp /root/config.yaml ${config}; systemctl restart kubelet`);
    return namesOn();
  }

  async function ageQuickly(node: string): Promise<readonly string[]> {
    const { makeQuick, quicken } = imagesOf(given(), node);
    await makeQuick();
    await quicken();
    return age(node);
  }

  beforeAll(async () => {
    await Promise.all(nodes.map((node) => imagesOf(given(), node).make(kept)));
    const pinned = await given().operator.nodemend('images', 'pin', kept, '--nodes', nodes.join(','), '--yes');
    expect(pinned, pinned.stdout + pinned.stderr).toMatchObject({ exitCode: 0 });
    aged = ageQuickly(labelled);
    aged.catch(() => 'its test says so');
  });

  describe('thresholds as a pin', () => thresholdsSuite(held, given));

  test('imageMaximumGCAge takes what is loose, and not what a pod holds', async () => {
    const { testbed } = given();
    expect(await age(held)).toContain(kept);
    const pods = ['-n', 'kube-system', 'get', 'pods', '-l', 'app.kubernetes.io/name=nodemend-image-hold'];
    expect(await testbed.kubectl(...pods, '-o', 'jsonpath={.items[*].spec.nodeName}')).toBe(held);
    // Others may have the label of a run that restored them.
    const record = await testbed.root(held, `ctr -n k8s.io images ls name==${kept}`);
    expect(record).toContain(kept);
    expect(record).not.toContain('nodemend.dev/run');
  });

  test('nor what has the label', async () => {
    expect(await aged).toContain(kept);
  });
}
