import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { heldOutput } from '../../src/app/documents/testing/held-to-schema.ts';
import { sha256 } from '../../src/hash/sha256.ts';
import type { SomeImage } from '../../src/images/archive/testing/some-image.ts';
import { giveImage } from './give-image.ts';
import { ImageNodes } from './image-nodes.ts';

/** Images that go from node to node and through a file, by the program itself: real sshd, real containerd, slow links. */
const program = join(import.meta.dirname, '../../bin/nodemend');
const pause = 'registry.k8s.io/pause:3.9';
const proxy = 'registry.k8s.io/kube-proxy:v1.33.4';
const megabyte = 1024 * 1024;
let nodes: ImageNodes;
let image: SomeImage;
let small: SomeImage;
beforeAll(async () => {
  nodes = await ImageNodes.start({ count: 4, mbit: 40 });
  // The first start of a checkout builds the program.
  nodes.atBridge('sh', [program, 'version']);
  image = await giveImage(nodes, 'worker-1', pause, 12 * megabyte);
  small = await giveImage(nodes, 'worker-1', proxy, megabyte);
});
afterAll(() => nodes?.close());

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function nodemend(...words: readonly string[]): Ended {
  return nodes.atBridge('sh', [program, ...words, ...nodes.access]);
}

/** The same on a terminal, whose screen is all that is seen of it. */
function onTerminal(...words: readonly string[]): Ended {
  const line = ['TERM=xterm sh', program, ...words, ...nodes.access].join(' ');
  return nodes.atBridge('script', ['--quiet', '--return', '--command', line, '/dev/null']);
}

const needy = ['worker-2', 'worker-3', 'worker-4'] as const;
const digests = (name: string): readonly (string | undefined)[] => needy.map((node) => nodes.images(node).get(name));
const copies = (): readonly string[] => {
  const folder = join(nodes.folder, 'state/nodemend/images');
  return existsSync(folder) ? readdirSync(folder) : [];
};

/** Bytes of archives that lie on a node, and names that a run made for what came. */
function leftOn(node: string): { readonly staged: number; readonly names: readonly string[] } {
  const script = 'find /var/lib/nodemend/runs -name archive -exec cat {} + 2>/dev/null | wc -c';
  const names = [...nodes.images(node).keys()].filter((name) => name.startsWith('nodemend.dev/'));
  return { staged: Number(nodes.on(node, script)), names };
}

const clean = { staged: 0, names: [] };

interface Told {
  readonly event: string;
  readonly run?: string;
  readonly node?: string;
  readonly step?: string;
  readonly bytes?: number;
  readonly of?: number;
}

/** Starts a command that tells events, does something when it has told one, and waits for its end. */
async function withEvents(
  words: readonly string[],
  when: (event: Told) => boolean,
  act: (pid: number) => void,
): Promise<{ readonly status: number | null; readonly events: readonly Told[] }> {
  const [enter = '', ...rest] = nodes.enterBridge;
  const args = [...rest, 'sh', program, ...words, ...nodes.access, '--yes', '-o', 'json'];
  const child = spawn(enter, args, { env: nodes.environment, stdio: ['ignore', 'pipe', 'inherit'] });
  const events: Told[] = [];
  let acted = false;
  const ended = once(child, 'close');
  for await (const line of createInterface({ input: child.stdout })) {
    const event = JSON.parse(line) as Told;
    events.push(event);
    if (acted || !when(event)) continue;
    acted = true;
    act(child.pid ?? 0);
  }
  const [status] = (await ended) as [number | null];
  expect(acted).toBe(true);
  return { status, events };
}

/** What may come to a node beside what it lacks: of its scripts and its answers, and what was on its way when it was cut. */
const beside = 2 * megabyte;

interface Held {
  /** Bytes of archives that lie there. */
  readonly staged: readonly number[];
  readonly received: readonly number[];
}

/** What needy nodes have by now. */
function held(): Held {
  return { staged: needy.map((node) => leftOn(node).staged), received: needy.map((node) => nodes.received(node)) };
}

/** Kills a run by SIGKILL when it has told this. @returns its name, and what nodes had then */
async function killedAt(when: (event: Told) => boolean): Promise<{ readonly run: string; readonly had: Held }> {
  const reseed = ['images', 'reseed', pause, '--from', 'worker-1'];
  const killed = await withEvents(reseed, when, (pid) => void process.kill(pid, 'SIGKILL'));
  expect(killed.status).toBeNull();
  return { run: killed.events.find(({ event }) => event === 'started')?.run ?? '', had: held() };
}

const absent = [undefined, undefined, undefined];

test('killed in the middle, a run is resumed where each node was; undo leaves nothing of it', async () => {
  const { run, had } = await killedAt(({ event, bytes = 0 }) => event === 'transfer' && bytes > 6 * megabyte);
  expect(digests(pause)).toEqual(absent);
  expect(Math.min(...had.staged)).toBeGreaterThan(4 * megabyte);
  expect(copies()).toHaveLength(1);
  const [copy = ''] = copies();
  expect(statSync(join(nodes.folder, 'state/nodemend/images', copy)).mode & 0o777).toBe(0o600);

  // One node's connections are cut once more on the way, and for eight seconds it takes no other.
  const resumed = await withEvents(
    ['resume', run],
    ({ event, node, bytes = 0, of = 0 }) => event === 'transfer' && node === 'worker-3' && bytes < of,
    () => nodes.restartSsh('worker-3', 8000),
  );
  expect(resumed.status).toBe(0);
  expect(digests(pause)).toEqual(needy.map(() => image.digest));
  // What lay there did not come again.
  for (const [at, received] of held().received.entries())
    expect(received - (had.received[at] ?? 0), needy[at]).toBeLessThan(12 * megabyte - (had.staged[at] ?? 0) + beside);
  expect(needy.map(leftOn)).toEqual(needy.map(() => clean));
  expect(copies()).toEqual([]);
  expect(nodemend('verify', run).status).toBe(0);

  expect(nodemend('undo', run, '--yes').status).toBe(0);
  expect(digests(pause)).toEqual(absent);
  const blobs = nodes.on('worker-2', 'ctr -n k8s.io content ls -q');
  expect([...image.blobs.keys()].filter((digest) => blobs.includes(digest))).toEqual([]);
});

test('killed while a runtime takes in what came, a run is resumed without sending it again', async () => {
  const begun = new Set<string>();
  const { run, had } = await killedAt(({ event, step, node = '' }) => {
    if (event === 'step' && step === 'import') begun.add(node);
    return begun.size > 0;
  });
  expect(nodemend('resume', run, '--yes').status).toBe(0);
  expect(digests(pause)).toEqual(needy.map(() => image.digest));
  for (const [at, received] of held().received.entries()) {
    const lacked = begun.has(needy[at] ?? '') ? 0 : 12 * megabyte - (had.staged[at] ?? 0);
    expect(received - (had.received[at] ?? 0), needy[at]).toBeLessThan(lacked + beside);
  }
  expect(needy.map(leftOn)).toEqual(needy.map(() => clean));
  expect(needy.map((node) => nodes.on(node, 'ctr -n k8s.io leases ls -q'))).toEqual(['', '', '']);
  expect(nodemend('undo', run, '--yes').status).toBe(0);
  expect(digests(pause)).toEqual(absent);
});

test('what two nodes call by one name and is not the same is left alone, and told; no more goes out than may', async () => {
  const other = await giveImage(nodes, 'worker-2', proxy, 1000);
  const began = performance.now();
  const reseed = onTerminal('images', 'reseed', proxy, '--from', 'worker-1', '--yes', '--bandwidth', '384K');
  // Of two megabytes to two nodes all but what goes at once, a quarter of a second's worth.
  expect((performance.now() - began) / 1000).toBeGreaterThan((2 * 1024) / 384 - 0.25);
  expect(reseed.stdout.replaceAll(/\s+/gu, ' ')).toContain('A name is never moved');
  // While it comes: bytes, rate and what is left.
  expect(reseed.stdout).toMatch(/\d KiB of 1 MiB, \d+ KiB\/s, \ds left/u);
  expect(reseed.status).toBe(6);
  expect(digests(proxy)).toEqual([other.digest, small.digest, small.digest]);

  const exported = nodemend('images', 'export', proxy, '--out', join(nodes.folder, 'proxy.tar'));
  expect(exported.stderr).toContain('IMAGE_DIGESTS_DIFFER');
  expect(exported.status).toBe(5);
});

test('a bundle is carried by hand; changed by one byte it goes nowhere', () => {
  const file = join(nodes.folder, 'base.tar');
  const exported = nodemend('images', 'export', pause, proxy, '--from', 'worker-1', '--out', file, '-o', 'json');
  expect(exported.stderr).toBe('');
  expect(exported.status).toBe(0);
  const bytes = readFileSync(file);
  const sum = sha256(bytes);
  expect(readFileSync(`${file}.sha256`, 'utf8')).toBe(`${sum}  base.tar\n`);
  const [document] = heldOutput(['-o', 'json'], exported.stdout);
  expect(document).toMatchObject({ schema: 'nodemend.dev/exported-images/v1', node: 'worker-1', file, sha256: sum });
  expect(document).toMatchObject({
    bytes: bytes.length,
    images: [{ name: pause, digest: image.digest }, { name: proxy }],
  });
  // What runtimes make of it is theirs to say.
  const shared = join(nodes.shared('worker-4'), 'base.tar');
  copyFileSync(file, shared);
  nodes.on('worker-4', 'ctr -n elsewhere images import --no-unpack "$1"', shared);
  expect(nodes.on('worker-4', 'ctr -n elsewhere images ls -q').split('\n')).toEqual([proxy, pause, '']);

  const changed = Buffer.from(bytes);
  const at = bytes.indexOf('kube-proxy:v1.33.4');
  changed.write('kube-proxy:v1.33.5', at);
  writeFileSync(join(nodes.folder, 'changed.tar'), changed);
  const refused = nodemend('images', 'import', join(nodes.folder, 'changed.tar'), '--yes');
  expect(refused.stderr).toContain('IMAGE_ARCHIVE_INVALID');
  expect(refused.status).toBe(2);
  expect(digests(pause)).toEqual([undefined, undefined, undefined]);

  const done = nodemend('images', 'import', file, '--nodes', 'worker-[3-4]', '--yes');
  expect(done.status, done.stderr).toBe(0);
  expect(digests(pause)).toEqual([undefined, image.digest, image.digest]);
  expect(['worker-3', 'worker-4'].map(leftOn)).toEqual([clean, clean]);
});

test('on hosts without a kubelet what is named is brought back, and what is not there or not known is said', () => {
  const lacks = nodes.images('worker-2').get(pause) === undefined;
  const restore = (...words: readonly string[]): readonly [number | null, string] => {
    const { status, stdout, stderr } = nodemend('images', 'restore', ...words, '--from', 'other-node', '--yes');
    return [status, `${stdout}${stderr}`.replaceAll(/\s+/gu, ' ')];
  };
  const [status, said] = restore(pause, '--soak', '0');
  expect([lacks, status, digests(pause)], said).toEqual([true, 0, needy.map(() => image.digest)]);
  expect(nodemend('undo', /\d{8}-\d{4}-[a-z-]+-[0-9a-f]{6}/u.exec(said)?.[0] ?? '', '--yes').status).toBe(0);
  expect(digests(pause)).toEqual([undefined, image.digest, image.digest]);

  expect(restore(pause, '--nodes', 'worker-[3-4]')).toEqual([
    0,
    expect.stringContaining(`Nothing to change. ${pause} is there as ${image.digest}: worker-[3-4].`),
  ]);
  const [exitCode, unnamed] = restore('--nodes', 'worker-[2-4]');
  expect(exitCode, unnamed).toBe(8);
  expect(unnamed).toContain('It is unknown whether anything must change.');
  expect(unnamed).toMatch(/: worker-\[2-4\] Which images must be there is unknown: no kubelet runs on the host/u);
  expect(restore('registry.k8s.io/nowhere:1')).toEqual([
    6,
    expect.stringContaining('no source of registry.k8s.io/nowhere:1 can be used'),
  ]);
  expect(restore('registry.k8s.io/nowhere:1', '--nodes', 'worker-[3-4]')).toEqual([
    6,
    expect.stringContaining('Only the selected nodes were asked.'),
  ]);
  nodes.on('worker-2', 'mv /usr/bin/ctr /usr/bin/away');
  const unknown = [restore(pause), restore(pause, '--nodes', 'worker-2')];
  nodes.on('worker-2', 'mv /usr/bin/away /usr/bin/ctr');
  expect(unknown).toEqual([
    [6, expect.stringContaining('1 node could not be checked and is not part of the plan: worker-2')],
    [8, expect.stringContaining('It is unknown whether anything must change.')],
  ]);
});

const coredns = 'registry.k8s.io/coredns/coredns:v1.12.1';

test('a node that goes away for longer than is waited for is left as it is, and gone on with when it is back', async () => {
  const { digest } = await giveImage(nodes, 'worker-1', coredns, 8 * megabyte);
  const told = await withEvents(
    ['images', 'reseed', coredns, '--from', 'worker-1'],
    ({ event, node, bytes = 0, of = 0 }) =>
      event === 'transfer' && node === 'worker-3' && bytes > 3 * megabyte && bytes < of,
    () => nodes.endSsh('worker-3'),
  );
  expect([told.status, digests(coredns)]).toEqual([6, [digest, undefined, digest]]);
  const [{ staged }, received] = [leftOn('worker-3'), nodes.received('worker-3')];
  expect(staged).toBeGreaterThan(2 * megabyte);
  nodes.startSsh('worker-3');

  const run = told.events.find(({ event }) => event === 'started')?.run ?? '';
  const resumed = nodemend('resume', run, '--yes');
  expect(resumed.status, resumed.stderr).toBe(0);
  expect(digests(coredns)).toEqual([digest, digest, digest]);
  expect(nodes.received('worker-3') - received).toBeLessThan(8 * megabyte - staged + beside);
  expect(nodemend('undo', run, '--yes').status).toBe(0);
  expect([digests(coredns), needy.map(leftOn)]).toEqual([absent, needy.map(() => clean)]);
}, 180_000);

const etcd = 'registry.k8s.io/etcd:3.6.5-0';

test('after Ctrl-C what is done stays; run again it goes on, and from another node where the giving one goes away', async () => {
  const { digest } = await giveImage(nodes, ['worker-1', 'worker-2'], etcd, 8 * megabyte);
  const reseed = ['images', 'reseed', etcd, '--from', 'worker-1'];
  const isUnderWay = ({ event, node, bytes = 0, of = 0 }: Told): boolean =>
    event === 'transfer' && node === 'worker-4' && bytes > 2 * megabyte && bytes < of;
  const oneFirst = [...reseed, '--canary', '1', '--soak', '0'];
  const interrupted = await withEvents(oneFirst, isUnderWay, (pid) => void process.kill(pid, 'SIGINT'));
  expect(interrupted.status).toBe(130);
  expect([digests(etcd).slice(1), leftOn('worker-3'), copies()]).toEqual([[digest, undefined], clean, []]);
  // What had come is kept, and told.
  const { staged } = leftOn('worker-4');
  expect(staged).toBeGreaterThan(megabyte);
  expect(interrupted.events.findLast(({ event }) => event === 'node-ended')).toMatchObject({
    outcome: {
      node: 'worker-4',
      ending: 'interrupted',
      left: 'as-before',
      code: 'IMAGE_PART_KEPT',
      params: { keptBytes: staged },
    },
  });

  const received = nodes.received('worker-3');
  const before = nodes.received('worker-4');
  const again = await withEvents(reseed, isUnderWay, () => nodes.endSsh('worker-1'));
  expect(again.status).toBe(0);
  expect(digests(etcd)).toEqual([digest, digest, digest]);
  // What was done, or had come by then, did not come again.
  expect(nodes.received('worker-3') - received).toBeLessThan(beside);
  expect(nodes.received('worker-4') - before).toBeLessThan(8 * megabyte - staged + beside);
  expect(leftOn('worker-4')).toEqual(clean);
  const came = again.events.flatMap(({ event, node, bytes = 0 }) =>
    event === 'transfer' && node === 'worker-4' ? bytes : [],
  );
  expect(came).toEqual(came.toSorted((a, b) => a - b));
});
