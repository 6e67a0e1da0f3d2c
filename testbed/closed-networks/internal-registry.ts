import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { runProgram } from '../../lab/node-root/run-program.ts';
import type { RunEvent } from '../../src/engine/run.ts';
import { fillDisk } from '../on-node.ts';
import { resumeRegistry, stopRegistry } from '../registry/registry-outage.ts';
import { slowLink } from '../slow-link.ts';
import { large, nodes, type ClosedNodes, type Node } from './closed-nodes.ts';
import type { TypedPage } from './page.ts';
import watchProcesses from './watch-processes.sh?raw';

/** Of the registry with TLS and a password, as `docker login` writes it: the name and the password in base 64. */
function loginOf({ status }: ClosedNodes): string {
  const { auths } = JSON.parse(readFileSync(status.folder.registryCredentials, 'utf8')) as {
    readonly auths: Readonly<Record<string, { readonly auth: string }>>;
  };
  return auths['internal.test']?.auth ?? '';
}

/** Until it is told to end, it prints processes that were started with one of these; it has them from a file. */
function watch(secrets: readonly string[]): string {
  return `umask 077; mkdir -p /run/watch; cat >/run/watch/secrets <<'END'
${secrets.join('\n')}
END
${watchProcesses}`;
}

/** Of the plan's first action. */
function bytesIn(file: string): number {
  const { actions } = JSON.parse(readFileSync(file, 'utf8')) as {
    readonly actions: readonly { readonly bytes: number }[];
  };
  return actions[0]?.bytes ?? 0;
}

/** What a run told of a pull to a node that had nothing of the image: several times, never less than before, and in the end all of it. */
function expectPullTold(events: string, node: Node, of: number): void {
  const told = events
    .split('\n')
    .filter((line) => line.includes('"transfer"'))
    .map((line) => JSON.parse(line) as Extract<RunEvent, { readonly event: 'transfer' }>)
    .filter((event) => event.node === node);
  const bytes = told.map((event) => event.bytes);
  expect(told.map((event) => event.of)).toEqual(told.map(() => of));
  expect(bytes).toEqual(bytes.toSorted((a, b) => a - b));
  expect(
    bytes.some((there) => there > 0 && there < of),
    events,
  ).toBe(true);
  expect(told.some(({ bytesPerSecond }) => bytesPerSecond > 500_000 && bytesPerSecond < 8_000_000)).toBe(true);
  expect(bytes.at(-1)).toBe(of);
}

/** An image that only the internal registry has: containerd logs in by its own configuration, then each by `--authfile`. */
export function internalRegistrySuite(given: () => ClosedNodes, page: TypedPage): void {
  const from = ['images', 'restore', large, '--from', 'registry.k8s.io=internal.test/k8s'] as const;
  const [first, second] = nodes;
  const hostsFile = '/etc/containerd/certs.d/internal.test/hosts.toml';
  let accepting: readonly string[] = [];
  let restore: readonly string[] = [];
  /** Bytes of the image by its manifest. */
  let planned = 0;

  beforeAll(async () => {
    // As containerd's docs/hosts.md has it; 1.6 reads no header elsewhere than below a host.
    const hosts = `server = "https://internal.test"
[host."https://internal.test"]
ca = "/etc/containerd/certs.d/internal.test/ca.crt"
[host."https://internal.test".header]
Authorization = ["Basic ${loginOf(given())}"]
`;
    const add = `file=${hostsFile}; cp $file $file.was; chmod 600 $file; cat >$file <<'END'\n${hosts}END`;
    await Promise.all([first, second].map((node) => given().root(node, add)));
  });

  test('nobody knows which image it has to be: its digest is shown, and a node without the password is told of it', async () => {
    const { text } = await given().nodemend(...from, '--dry-run');
    const [, digest = ''] = /--accept-digest (sha256:[0-9a-f]{64})/u.exec(text) ?? [];
    accepting = ['--accept-digest', digest];
    restore = [...from, ...accepting, '--nodes', `${first},${second}`];

    expect(text).toMatch(/^6 .*internal\.test\/k8s\/large:1 has registry\.k8s\.io\/large:1 with the digest sha256:/u);
    expect(text).toMatch(/docker-1: .*requires a login/u);
  });

  test('a disk that was filled since the plan keeps it out, before anything of it comes', async () => {
    const closed = given();
    const { operator, status } = closed;
    const file = join(operator.folder, 'large.json');
    const made = await closed.nodemend(...restore, '--out', file);
    planned = bytesIn(file);
    await Promise.all([first, second].map((node) => fillDisk(status, node, '83%')));
    const [applied, dry] = [
      await closed.nodemend('apply', file, '--yes'),
      await closed.nodemend(...restore, '--dry-run'),
    ];
    await Promise.all([first, second].map((node) => given().root(node, 'rm /var/lib/filler')));

    expect(made.text).toMatch(/^0 .*2 changes on 2 nodes/u);
    expect(applied.text).toMatch(/^8 .*REFUSED .*\[IMAGE_NO_ROOM\].* not started/u);
    expect([...(await given().names(first)).keys()]).not.toContain(large);
    // Nodes of which the same is said are told together, in no order, above all that is said of them.
    expect(dry.text).toMatch(
      new RegExp(
        `(?:${first},${second}|${second},${first}):.* there is no space for registry\\.k8s\\.io/large:1: it transfers`,
        'u',
      ),
    );
  });

  const ingest = '/var/lib/containerd/io.containerd.content.v1.content/ingest';
  /** Waits until a megabyte of a layer has come. */
  const coming = `for _ in $(seq 600); do
  ! find ${ingest} -name data -size +1M 2>/dev/null | grep -q . || exit 0
  sleep 0.1
done
exit 1`;
  const left = `find ${ingest} -name data -size +4k`;

  test('Ctrl-C ends a pull that is under way, and leaves nothing of it; a second one leaves its end to the node', async () => {
    const closed = given();
    const { operator, status } = closed;
    const lookAround = (): Promise<readonly unknown[]> =>
      Promise.all([closed.names(first), closed.root(first, `ctr -n k8s.io leases ls -q; ${left}`)]);
    const [before, unlimited] = [await lookAround(), await slowLink(status, first, 4)];
    const interrupted = operator.start(...restore, '--yes');
    await closed.root(first, coming);
    interrupted.child.kill('SIGINT');
    const once = await interrupted.ended;
    expect(once.exitCode, once.stdout + once.stderr).toBe(130);
    expect(once.stdout).toMatch(/1 node, interrupted \(pulling\), as it was before/u);
    expect(await lookAround()).toEqual(before);

    const known = operator.runs();
    const again = operator.start(...restore, '--yes');
    await closed.root(first, coming);
    const told = closed.root(first, 'until ls /var/lib/nodemend/runs/*/*/stop-*; do sleep 0.1; done 2>/dev/null');
    again.child.kill('SIGINT');
    await told;
    again.child.kill('SIGINT');
    expect((await again.ended).exitCode).toBe(130);
    await closed.root(first, 'while pgrep -x ctr; do sleep 0.1; done');
    await unlimited();
    expect(await lookAround()).toEqual(before);
    const [run = ''] = operator.runs().filter((one) => !known.includes(one));
    expect((await closed.nodemend('undo', run, '--yes')).text).toMatch(/^0 /u);
    expect(
      await closed.root(
        first,
        `cd /var/lib/nodemend && find lock runs/${run} -mindepth 1 -o -name lock 2>/dev/null || :`,
      ),
    ).toBe('');
  });

  test('a registry that goes midway leaves nothing of it; when it is back, the image comes and pods start from it', async () => {
    const closed = given();
    const { operator, status } = closed;
    const [before, ...unlimited] = [await given().names(first), await slowLink(status, first, 16)];
    const restoring = operator.start(...restore, '--yes');
    await closed.root(first, coming);
    await stopRegistry(status, 'internal');
    const { exitCode, stdout, stderr } = await restoring.ended;
    expect(exitCode, stdout + stderr).toBe(8);
    expect(await given().names(first)).toEqual(before);
    expect(await given().root(first, left)).toBe('');

    await Promise.all([resumeRegistry(status, 'internal'), ...unlimited.map((end) => end())]);
    const told = await Promise.all([first, second].map((node) => slowLink(status, node, 32)));
    const restored = await operator.nodemend(...restore, '--yes', '-o', 'json');
    await Promise.all(told.map((end) => end()));
    expect(restored.exitCode, restored.stdout + restored.stderr).toBe(0);
    for (const node of [first, second]) expectPullTold(restored.stdout, node, planned);
    await Promise.all([first, second].map((node) => given().startsPod(node, large)));
  });

  describe('nodes that have no login of their own', () => {
    const node: Node = 'docker-1';
    const containerds = [first, second] as const;
    const secrets = (): readonly string[] => {
      const login = loginOf(given());
      return [login, Buffer.from(login, 'base64').toString().split(':')[1] ?? ''];
    };
    const onEach = (on: readonly Node[], script: string): Promise<readonly string[]> =>
      Promise.all(on.map((one) => given().root(one, script)));
    const line = (): string | undefined =>
      page.section('From wherever it is').find((command) => command.includes(' --authfile '));

    test('Docker pulls with that of --authfile, which no process is started with; a pod starts from it', async () => {
      const { operator, status } = given();
      const file = join(operator.folder, 'login.json');
      writeFileSync(file, readFileSync(status.folder.registryCredentials), { mode: 0o600 });
      const watching = given().root(node, watch(secrets()));
      await given().root(node, 'until [ -e /run/watch/seen ]; do sleep 0.05; done');
      const here = {
        'registry.k8s.io/pause:3.9': large,
        'registry.k8s.io=registry.internal/k8s': 'registry.k8s.io=internal.test/k8s',
      };
      const told = await slowLink(status, node, 32);
      const restored = await operator.nodemend(...page.type(line(), here), '--yes', '-o', 'json');
      await told();
      const seen = await given().root(node, ': >/run/watch/end; cat /run/watch/seen');

      expect(restored.exitCode, restored.stdout + restored.stderr).toBe(0);
      expectPullTold(restored.stdout, node, planned);
      expect(await watching).toBe('');
      expect(seen).toMatch(/docker .*pull .*internal\.test\/k8s\/large@sha256:/u);
      await given().startsPod(node, large);
    });

    test('each containerd does, once its own configuration has none', async () => {
      await Promise.all(containerds.map((one) => given().lose(one, large)));
      await onEach(containerds, `mv ${hostsFile}.was ${hostsFile}`);
      const watching = containerds.map((one) => given().root(one, watch(secrets())));
      await onEach(containerds, 'until [ -e /run/watch/seen ]; do sleep 0.05; done');
      const { text } = await given().nodemend(...restore, '--authfile', 'login.json', '--yes');
      const seen = await onEach(containerds, ': >/run/watch/end; cat /run/watch/seen');

      expect(text).toMatch(/^0 .*DONE run .* 2 of 2 nodes/u);
      expect(text).toContain('Login: the password of --authfile is sent to internal.test, and to the server');
      expect(secrets().filter((secret) => text.includes(secret))).toEqual([]);
      expect(await Promise.all(watching)).toEqual(['', '']);
      for (const one of seen)
        expect(one).toMatch(/ctr .*images pull .*--user \S+ .*internal\.test\/k8s\/large:\S+@sha256:/u);
      await Promise.all(containerds.map((one) => given().startsPod(one, large)));
    });

    test('neither the nodes, the cluster nor the operator keeps it, and a file that others can read is not used', async () => {
      const { operator, testbed } = given();
      await given().nodemend('bundle', '--out', 'bundle.json');
      const kept = await onEach(
        nodes,
        `grep -raFlf /run/watch/secrets /var/lib/nodemend /var/log /root /etc /tmp /run --exclude-dir=watch || :
         journalctl --quiet --no-pager | grep -Ff /run/watch/secrets || :
         rm -r /run/watch`,
      );
      const records = await testbed.kubectl('get', 'all,configmaps,events,leases', '--all-namespaces', '-o', 'yaml');
      const { stdout } = await runProgram('grep', ['-raFlf', '-', operator.folder], `${secrets().join('\n')}\n`);
      writeFileSync(join(operator.folder, 'open.json'), '{"auths":{}}', { mode: 0o644 });
      const open = await given().nodemend(...from, '--authfile', 'open.json', '--yes');

      expect([...kept, stdout]).toEqual(['', '', '', `${join(operator.folder, 'login.json')}\n`]);
      expect(secrets().filter((secret) => records.includes(secret))).toEqual([]);
      expect(open.text).toMatch(/\[REGISTRY_LOGINS_UNUSABLE\]/u);
    });
  });
}
