import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createAuthority } from '../../src/kubernetes/testing/authority.ts';
import { HostileImage, type PullFault } from '../../test/hostile/hostile-image.ts';
import { hostile, hostileManifests } from '../../test/hostile/hostile-registry.ts';
import { startOutsideHost, type OutsideHost } from '../fakes/outside-host.ts';
import { nodes, pause, type ClosedNodes, type Said } from './closed-nodes.ts';

const domain = 'hostile.test';
/**
 * Those that a node's runtime meets on its way, no more that hang than are asked at once; the others `registries.long.test.ts`
 * has.
 */
const met =
  'page circle file too-many-for-a-year headers silent token-elsewhere token-of-a-file token-packed half-a-token';
const asked = { ...hostileManifests, ...Object.fromEntries(met.split(' ').map((name) => [name, hostile[name]])) };
const names = Object.keys(asked);
/** What is known of those of which anything is. */
const answers = new Map([
  ['half-a-token', 'denied'],
  ['no-platform', 'other-platform'],
]);
/** Of the nodes, in their order: each fault meets two runtimes. Docker would try half a layer, or one elsewhere, for minutes. */
const faults: readonly (readonly [PullFault, PullFault, PullFault])[] = [
  ['half', 'elsewhere', 'page'],
  ['elsewhere', 'half', 'behind-a-login'],
  ['other', 'in-a-year', 'other'],
  ['behind-a-login', 'page', 'in-a-year'],
  ['manifest', 'manifest', 'manifest'],
];

/** All that a pull could leave on a node, and what could go on there by itself. */
const traces = `
if [ -d /etc/docker/certs.d ]; then
  docker images --all --no-trunc --format '{{.Repository}}:{{.Tag}} {{.ID}}'
  ls /var/lib/docker/overlay2 /var/lib/docker/image/overlay2/layerdb/sha256 /var/lib/docker/tmp
else
  ctr -n k8s.io images ls -q
  for what in content leases; do ctr -n k8s.io "$what" ls -q; done
  ctr -n k8s.io snapshots ls | cut -d' ' -f1
  ctr -n k8s.io content active | sed 1d
fi | sort
find /var/lib/nodemend ! -name record.json \\( -name 'fetch*' -o -name 'lock*' -o -name 'archive*' \\)
pgrep -fa 'fetch-object|images pull|docker .*pull|curl ' || :`;

/** What others have left without a name is not to go while this looks on. */
const collected = `
[ -d /etc/docker/certs.d ] || { ctr -n k8s.io images tag ${pause} collected.test/x:1 && ctr -n k8s.io images rm --sync collected.test/x:1; } >/dev/null`;

/** What a container writes to: kubelet removes those of pods that have ended, once a minute. */
const ofContainer = /^[0-9a-f]{64}(?:-init)?$/u;

function without(lines: readonly string[], others: readonly string[]): readonly string[] {
  return lines.filter((line) => !others.includes(line));
}

/** Registries of the closed network that mean harm, asked and pulled from by each node's own runtime. */
export function hostileRegistriesSuite(given: () => ClosedNodes): void {
  const pulled = new HostileImage();
  /** Has another image than that under its names. */
  const liar = new HostileImage();
  let host: OutsideHost;
  let server: Server;
  let before: readonly (readonly string[])[];
  const left = (): Promise<readonly (readonly string[])[]> =>
    Promise.all(nodes.map(async (node) => (await given().root(node, traces)).split('\n')));
  /** Comes to an end by itself, tells a terminal nothing, and leaves each node as it was. */
  const harmless = async (...words: readonly string[]): Promise<Said> => {
    const began = performance.now();
    const said = await given().nodemend(...words);
    expect(performance.now() - began).toBeLessThan(120_000);
    expect(said.text).not.toMatch(/\p{Cc}|INTERNAL/u);
    const now = await left();
    expect(now.map((lines, at) => without(lines, before[at] ?? []))).toEqual(nodes.map(() => []));
    const gone = before.map((lines, at) => without(lines, now[at] ?? []));
    expect(gone.map((lines) => lines.filter((line) => !ofContainer.test(line)))).toEqual(nodes.map(() => []));
    return said;
  };

  beforeAll(async () => {
    const authority = await createAuthority('authority of hostile registries');
    const { certificate: cert, key } = await authority.issue({ commonName: 'registries', dns: [`*.${domain}`] });
    host = await startOutsideHost(given().status, { place: 0, ports: [443], segment: 'closed' });
    server = createServer({ cert, key }, (request, response) => {
      response.on('error', () => undefined);
      const name = (request.headers.host ?? '').replace(`.${domain}`, '');
      (asked[name] ?? (name === 'liar' ? liar : pulled).handle)(request, response);
    });
    server.on('tlsClientError', () => undefined);
    host.ports.get(443)?.on('connection', (socket: Socket) => server.emit('connection', socket));
    const trusting = trust(host.address, [...names, 'liar', 'pulled'], authority.certificate);
    await Promise.all(nodes.map((node) => given().root(node, trusting + collected)));
    before = await left();
  });
  afterAll(async () => {
    server?.closeAllConnections();
    await host?.close();
  });

  test('asked by the nodes none is believed or waited for, and a source that has the right image is found behind one', async () => {
    const wanted = ['liar', ...names].map((name) => `${name}.${domain}/x:1`);
    const { testbed, operator } = given();
    const kept = `names: [{ from: liar.${domain}, to: pulled.${domain}/kept }, `;
    const settings = readFileSync(join(testbed.stateDir, 'closed.yaml'), 'utf8').replace('names: [', () => kept);
    writeFileSync(join(operator.folder, 'kept.yaml'), settings);
    const words = ['--config', 'kept.yaml', '--accept-digest', pulled.digest, '--out', 'asked.json'];
    const { text } = await harmless('images', 'restore', ...wanted, ...words);
    expect(text).toMatch(/^0 .*3 changes on 3 nodes/u);
    const { actions, refused } = JSON.parse(readFileSync(join(operator.folder, 'asked.json'), 'utf8')) as {
      readonly actions: readonly { readonly node: string; readonly source: { readonly reference: string } }[];
      readonly refused: readonly {
        readonly node: string;
        readonly key: string;
        readonly params: Readonly<Record<string, string>>;
      }[];
    };

    expect(actions.map(({ node, source: { reference } }) => [node, reference])).toEqual(
      expect.arrayContaining(nodes.map((node) => [node, `pulled.${domain}/kept/x@${pulled.digest}`])),
    );
    const told = refused.flatMap(({ node, key, params: { image = '' } }) =>
      key === 'refused.restore-no-source' ? [] : [`${node} ${image.split('.')[0]} ${key}`],
    );
    const expected = nodes.flatMap((node) =>
      names.map((name) => `${node} ${name} refused.source-${answers.get(name) ?? 'unknown'}`),
    );
    expect(told.toSorted()).toEqual(expected.toSorted());
  });

  test('pulled from, each is told with its code, and nothing of it is left', async () => {
    const { status } = given();
    for (const round of faults) {
      for (const [at, node] of nodes.entries()) {
        const address = status.plan.nodes.find(({ name }) => name === node)?.networkAddress ?? '';
        pulled.faults.set(address, round[at] ?? 'manifest');
      }
      const { text } = await harmless('apply', 'asked.json', '--yes', '--canary', '0', '--batches', '100%');
      expect(text).toMatch(/^8 .*REFUSED run .* 0 of 3 nodes 3 nodes, refused \(pulling\), as it was before /u);
      expect(text).toMatch(/could not be pulled: .* Nothing was added\. \[IMAGE_FETCH_FAILED\] /u);
    }
    pulled.faults.clear();
  });
}

/** What an administrator of these registries puts on every node. */
function trust(address: string, hosts: readonly string[], authority: string): string {
  return `for name in ${hosts.map((name) => `${name}.${domain}`).join(' ')}; do
  echo "${address} $name" >>/etc/hosts
  folder=/etc/containerd/certs.d/$name
  [ ! -d /etc/docker/certs.d ] || folder=/etc/docker/certs.d/$name
  mkdir -p "$folder"
  cat >"$folder/ca.crt" <<'END'
${authority.trim()}
END
  [ -d /etc/docker/certs.d ] || printf 'server = "https://%s"\\nca = "%s/ca.crt"\\n' "$name" "$folder" >"$folder/hosts.toml"
done`;
}
