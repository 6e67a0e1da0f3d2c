import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pushNewImage } from '../registry/push-new-image.ts';
import { nodes, pulledByHand, tool, type ClosedNodes, type Node } from './closed-nodes.ts';

const [first, second, docker] = nodes;
const containerds = [first, second] as const;
/** Only the Docker node has it. */
const spare = 'registry.k8s.io/spare:1';
/** The Docker node and one of the others have it, and nothing runs from it. */
const carried = 'registry.k8s.io/carried:1';
/** As NKS names what it keeps in a region that no table has. */
const nksFolder = 'private-0a1b2c3d-kr1-registry.container.nhncloud.com/container_service';
const nodeGroup = 'magnum.openstack.org/nodegroup';

/** Digest of its configuration, by which both runtimes know the same image. */
async function configurationOf(closed: ClosedNodes, node: Node, name: string): Promise<string | undefined> {
  const digest = (await closed.names(node)).get(name);
  if (node === docker) return digest;
  const manifest = await closed.root(node, `ctr -n k8s.io content get ${digest}`);
  return (JSON.parse(manifest) as { readonly config?: { readonly digest: string } }).config?.digest;
}

/** From where images were never pulled: a node of the other runtime, a file that was carried in, the registry of NKS. */
export function otherSourcesSuite(given: () => ClosedNodes): void {
  const restore = (...words: readonly string[]): ReturnType<ClosedNodes['nodemend']> =>
    given().nodemend('images', 'restore', ...words);

  beforeAll(async () => {
    const closed = given();
    await Promise.all(
      ['k8s/spare:1', 'k8s/carried:1', 'container_service/metrics-server:v0.4.4'].map((name) =>
        pushNewImage(closed.status, name),
      ),
    );
    await Promise.all([
      closed.root(docker, pulledByHand(spare, docker) + pulledByHand(carried, docker)),
      closed.root(second, pulledByHand(carried, second)),
    ]);
  });

  // The containerds are to have the same as before.
  afterAll(() => given().root(second, `ctr -n k8s.io images rm --sync ${carried}`));

  test('docker gives to both containerds what is packed again and known by its configuration; pods start from it', async () => {
    const closed = given();
    const { text } = await restore(spare, '--from', 'other-node', '--yes');

    expect(text).toMatch(/spare:1 is missing, and docker-1 has the same image, packed again with another manifest/u);
    expect(text).toMatch(/^0 .*DONE run .* 2 of 2 nodes/u);
    const configurations = await Promise.all(nodes.map((node) => configurationOf(closed, node, spare)));
    expect(new Set(configurations)).toEqual(new Set([expect.stringMatching(/^sha256:[0-9a-f]{64}$/u)]));
    const names = await Promise.all(containerds.map((node) => closed.names(node)));
    expect(names.flatMap((all) => [...all.keys()].filter((name) => name.includes('/spare@')))).toEqual([]);
    await Promise.all(containerds.map((node) => closed.startsPod(node, spare)));
  });

  test('a containerd gives to docker, which knows the image by its configuration', async () => {
    await given().lose(docker, tool);
    const { text } = await restore(tool, '--from', 'other-node', '--yes');

    expect(text).toMatch(/^0 .*tool:1 is missing, and containerd\S* has it with the known digest.*DONE run/u);
    expect(await configurationOf(given(), docker, tool)).toBe(await configurationOf(given(), second, tool));
    await given().startsPod(docker, tool);
  });

  describe('a file that was carried in', () => {
    let digest = '';
    let before: ReadonlyMap<string, string>;
    const pinned = (): string => carried.replace(/:1$/u, `@${digest}`);
    const fromFile = (file: string, name: string): ReturnType<ClosedNodes['nodemend']> =>
      restore(name, '--from', 'archive', '--from-archive', file, '--nodes', `${first},${second}`, '--yes');
    const undoneExactly = async (): Promise<void> => {
      const { text } = await given().nodemend('undo', given().operator.runs().at(-1) ?? '', '--yes');
      expect(text).toMatch(/^0 .*DONE run/u);
      expect(await given().names(first)).toEqual(before);
    };

    beforeAll(async () => {
      const closed = given();
      digest = (await closed.names(second)).get(carried) ?? '';
      before = await closed.names(first);
      await closed.root(second, `ctr -n k8s.io images tag ${carried} ${pinned()}`);
      const written = await Promise.all(
        [docker, second].map((node) =>
          closed.nodemend('images', 'export', carried, '--from', node, '--out', `${node}.tar`),
        ),
      );
      expect(written.map(({ text }) => text)).toEqual([expect.stringMatching(/^0 1/u), expect.stringMatching(/^0 1/u)]);
    });
    afterAll(() => given().root(second, `ctr -n k8s.io images rm ${pinned()}`));

    test('packed again it is what a tag stands for, and no image of the digest that a name has', async () => {
      const byDigest = await fromFile('docker-1.tar', pinned());
      expect(byDigest.text).toMatch(/^6 .*docker-1\.tar has the same image with a different digest, sha256:\S+, and/u);
      expect(await given().names(first)).toEqual(before);

      const { text } = await fromFile('docker-1.tar', carried);
      const [, packed] = /packed again with another manifest \((sha256:[0-9a-f]{64})\)/u.exec(text) ?? [];
      expect(text).toMatch(/^0 .*docker-1\.tar has the same image.*DONE run .* 1 of 1 node/u);
      expect((await given().names(first)).get(carried)).toBe(packed);
      await undoneExactly();
    });

    test('with its own manifest it gets the name with that digest', async () => {
      const { text } = await fromFile('containerd2-1.tar', pinned());

      expect(text).toMatch(/^0 .*containerd2-1\.tar has it with the known digest.*DONE run .* 1 of 1 node/u);
      expect((await given().names(first)).get(pinned())).toBe(digest);
      await undoneExactly();
    });

    test('changed by one byte it is refused, and the node is as it was', async () => {
      const { folder } = given().operator;
      const bytes = readFileSync(join(folder, 'containerd2-1.tar'));
      const at = bytes.length >> 1;
      bytes[at] = (bytes[at] ?? 0) ^ 1;
      writeFileSync(join(folder, 'changed.tar'), bytes);

      expect((await fromFile('changed.tar', carried)).text).toMatch(/^2 .*\[IMAGE_ARCHIVE_INVALID\]/u);
      expect(await given().names(first)).toEqual(before);
    });
  });

  describe('the registry of NKS', () => {
    const wanted = 'registry.k8s.io/metrics-server/metrics-server:v0.4.4';
    const asked = async (): Promise<string> => (await restore(wanted, '--nodes', second, '--dry-run')).text;

    beforeAll(async () => {
      const hosts = `folder=/etc/containerd/certs.d/${nksFolder.split('/')[0]}; mkdir $folder; cat >$folder/hosts.toml <<'END'
server = "https://mirror.test"
[host."https://mirror.test"]
ca = "/etc/containerd/certs.d/mirror.test/ca.crt"
END`;
      await given().root(second, hosts);
      await given().testbed.kubectl('label', 'node', second, `${nodeGroup}=default-worker`);
    });
    afterAll(async () => {
      await given().testbed.kubectl('label', 'node', second, `${nodeGroup}-`);
      await given().root(second, `ctr -n k8s.io images rm ${nksFolder}/kube-proxy:v1.30.3`);
    });

    test('what enables it is named, with what it needs, as long as nothing shows which it is', async () => {
      const text = await asked();

      expect(text).toMatch(/^6 .*enable it on the page of the cluster in the NHN Cloud console.* NCR and OBS /u);
      expect(text).toContain('NHN withdrew it on 2024-08-07');
    });

    test('an image of the node shows it: it is asked there, by the name of the table', async () => {
      await given().root(second, `ctr -n k8s.io images tag ${tool} ${nksFolder}/kube-proxy:v1.30.3`);
      const text = await asked();

      // It is longer than a line.
      expect(text.replaceAll(' ', '')).toContain(`${nksFolder}/metrics-server:v0.4.4has${wanted}withthedigestsha256:`);
      expect(text).not.toContain('NHN Cloud console');
    });
  });
}
