import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { commandsOf } from '../../test/end-to-end/walkthrough.ts';
import { pushNewImage } from '../registry/push-new-image.ts';
import { nodes, pause, tool, type ClosedNodes } from './closed-nodes.ts';
import type { TypedPage } from './page.ts';

const root = join(import.meta.dirname, '../..');

/** The commands of docs/closed-networks.md beside its walkthrough. */
export function commandsSuite(given: () => ClosedNodes, page: TypedPage): void {
  const [first, second, docker] = nodes;

  test('both languages have the same', () => {
    expect(commandsOf('docs/closed-networks.ko.md')).toEqual(commandsOf('docs/closed-networks.md'));
  });

  test('each form of images list', async () => {
    const [wide, all, markdown, json, bundle, fromBundle] = page.section('Which image is on which node');
    const said = await Promise.all(
      [wide, all, markdown, json, bundle].map((command) => given().nodemend(...page.type(command))),
    );

    expect(said.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0, 0, 0]);
    expect(said[0]?.text).toMatch(/NODE IMAGE CONTENT .* sha256:[0-9a-f]{64} /u);
    expect(said[1]?.text).toContain('1 1 node, containerd, pins are honored containerd2-1');
    expect(said[2]?.text).toContain(`| \`${tool}\` |`);
    expect((await given().nodemend(...page.type(fromBundle))).text).toMatch(/^0 .*All base images/u);
  });

  const changed = (command: string | undefined): Promise<string> => changedBy(given(), page, command);

  test('each way to bring an image, in the order of the page', async () => {
    const closed = given();
    const [restore, from, _login, forVersion, reseed, exported, imported, archived] =
      page.section('From wherever it is');

    await closed.lose(docker, tool);
    expect(await changed(restore)).toMatch(/^0 .*DONE run .* 1 of 1 node/u);
    await closed.lose(docker, tool);
    await killedAndResumed(from);
    expect(await changed(forVersion)).toMatch(/^6 .*registry\.k8s\.io\/kube-proxy:v1\.34\.3/u);
    await broughtForVersion(forVersion);

    await closed.lose(first, tool);
    const copied = await changed(reseed);
    expect(copied).toMatch(/^0 .*DONE run .* 1 of 1 node/u);
    // Where it is no terminal, a line for the first of it and one for the last.
    expect(copied).toMatch(new RegExp(` ${first}: \\S+ \\S*B of (\\S+ MiB) .* ${first}: \\1 of \\1 `, 'u'));
    expect((await closed.nodemend(...page.type(exported))).text).toMatch(
      /^0 1 image from containerd2-1 written to .*pause\.tar/u,
    );
    await Promise.all(nodes.map((node) => closed.lose(node, tool)));
    expect(await changed(imported)).toMatch(/^0 .*DONE run .* 3 of 3 nodes/u);
    const found = (await closed.listed()).document.nodes.flatMap(({ images }) =>
      images.flatMap(({ name, found: there }) => (name === tool && there !== null ? [there] : [])),
    );
    expect(found).toHaveLength(nodes.length);
    expect((await closed.names(second)).get(tool)).toBe(found[0]?.digest);
    await closed.lose(first, tool);
    expect(await changed(archived)).toMatch(/^0 .*DONE run .* 1 of 1 node/u);
  });

  /** A registry has it by now. No node knows it, so that its digests are shown first. */
  async function broughtForVersion(command: string | undefined): Promise<void> {
    const closed = given();
    const images = ['kube-proxy:v1.34.3', 'pause:3.10.1', 'coredns/coredns:v1.12.1'];
    await Promise.all(images.map((image) => pushNewImage(closed.status, `k8s/${image}`)));
    const shown = await changed(command);
    const digests = new Set(shown.match(/(?<=--accept-digest )sha256:[0-9a-f]{64}/gu));
    const accepted = [...digests].flatMap((digest) => ['--accept-digest', digest]);
    const brought = await closed.nodemend(...page.type(command), ...accepted, '--yes');
    const kept = await Promise.all(nodes.map(async (node) => [...(await closed.names(node)).keys()]));

    expect(shown).toMatch(/^6 /u);
    expect(digests.size, shown).toBe(images.length);
    expect(brought.text).toMatch(/^0 .*DONE run .* 3 of 3 nodes/u);
    for (const names of kept)
      expect(names).toEqual(expect.arrayContaining(images.map((image) => `registry.k8s.io/${image}`)));
  }

  /** The page's row of what can be wrong for one that was killed. */
  async function killedAndResumed(command: string | undefined): Promise<void> {
    const { operator } = given();
    const cures = page.section('What can be wrong');
    const [history, resume] = ['history', 'resume RUN'].map((words) =>
      cures.find((line) => line === `nodemend ${words}`),
    );
    const known = operator.runs();
    const { child, ended } = operator.start(...page.type(command), '--yes');
    const run = await operator.journalled(
      known,
      ({ entry, ...more }) => entry === 'before' && 'step' in more && more.step === 'fetch',
    );
    child.kill('SIGKILL');
    await ended;
    expect((await given().nodemend(...page.type(history))).text).toContain(run);
    expect(await changed(resume?.replace('RUN', run))).toMatch(/^0 .*DONE run .* 1 of 1 node/u);
    page.type(resume);
    expect([...(await given().names(docker)).keys()]).toContain(tool);
  }

  test('the user script of new nodes, whose unit is the one that the page has the journal of', async () => {
    const { operator } = given();
    const text = readFileSync(join(root, 'docs/closed-networks.md'), 'utf8');
    const [, line = ''] = /^ {4}(registry\.k8s\.io\S+)$/mu.exec(text) ?? [];
    writeFileSync(join(operator.folder, 'base-images.txt'), `${line}\n`);
    const [userScript, journal] = page.section('New nodes');

    expect((await given().nodemend(...page.type(userScript))).exitCode).toBe(0);
    const script = readFileSync(join(operator.folder, 'bootstrap.sh'), 'utf8');
    expect(script).toContain(line.split('=')[1]);
    // At a first boot, and with that journal: base-images.testbed.
    expect(script).toContain(`base_images_unit=${page.type(journal).at(-1)}\n`);
  });

  test('explain', async () => {
    const [explain] = commandsOf('docs/closed-networks.md');
    expect((await given().nodemend(...page.type(explain))).text).toMatch(/^0 .*sandbox-image-missing/u);
  });
}

/** What is pinned may not be lost afterwards. */
export function pinsSuite(given: () => ClosedNodes, page: TypedPage): void {
  test('what is pinned on each runtime stays pinned as long as it is needed', async () => {
    const [pin, unpin] = page.section('Keep it so').filter((line) => line.startsWith('nodemend images pin'));
    expect(await changedBy(given(), page, pin)).toMatch(/^0 .*DONE run/u);
    expect(await changedBy(given(), page, unpin)).toMatch(/^0 .*Nothing to change/u);
  });

  test('and what a run brought is taken away again; what is young is not pruned', async () => {
    const closed = given();
    const [undo, prune] = ['undo RUN', 'prune --via ssh'].map((words) =>
      page.section('What can be wrong').find((line) => line === `nodemend ${words}`),
    );
    const run = closed.operator.runs().at(-1) ?? '';

    expect(await changedBy(closed, page, undo?.replace('RUN', run))).toMatch(/^0 REMOVE kube-system\/DaemonSet/u);
    page.type(undo);
    expect(await changedBy(closed, page, prune)).toMatch(/^0 /u);
  });

  test('the sandbox image, which containerd pins itself: what is added to that is taken off again, and no more', async () => {
    const closed = given();
    const on = ['--nodes', 'containerd2-1', '--via', 'ssh', '--yes'];
    // A name that containerd does not pin.
    await closed.root('containerd2-1', `ctr -n k8s.io images tag ${pause} localhost/pause:of-others`);
    const pinned = async (): Promise<readonly string[]> => {
      const listed = await closed.root('containerd2-1', 'ctr -n k8s.io images ls');
      const lines = listed.split('\n').filter((line) => line.includes('cri-containerd.pinned=pinned'));
      return lines
        .flatMap((line) => line.split(' ', 1))
        .filter((name) => [pause, 'localhost/pause:of-others'].includes(name));
    };
    await closed.root(
      'containerd2-1',
      'ctr -n k8s.io images label localhost/pause:of-others io.cri-containerd.pinned=',
    );
    expect(await pinned()).toEqual([pause]);

    expect((await closed.nodemend('images', 'pin', pause, ...on)).text).toMatch(/^0 .*DONE run/u);
    expect(await pinned()).toEqual(['localhost/pause:of-others', pause]);
    expect((await closed.nodemend('images', 'pin', '--unpin', pause, ...on)).text).toMatch(/^0 .*DONE run/u);
    expect(await pinned()).toEqual([pause]);
    await closed.root('containerd2-1', 'ctr -n k8s.io images rm localhost/pause:of-others');
  });
}

async function changedBy(closed: ClosedNodes, page: TypedPage, command: string | undefined): Promise<string> {
  return (await closed.nodemend(...page.type(command), '--yes')).text;
}
