import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createPrivateRoot, type PrivateRoot } from '../../test/private-root.ts';
import type { ProbeReply } from '../evidence/probe/frames.ts';
import { shells, startProbe } from '../evidence/probe/testing/run-probe.ts';
import { containerdImages, type ContainerdImages } from '../runtimes/containerd/images.ts';
import { containerdRegistries } from '../runtimes/containerd/registries.ts';
import { dockerImages, type DockerImages } from '../runtimes/docker/images.ts';
import { runningDaemons } from '../runtimes/running.ts';
import { sha256 } from '../hash/sha256.ts';
import { containerdNodeImages } from './containerd-images.ts';
import { manifestIn, writtenManifest } from './testing/written-manifest.ts';

/**
 * The probes on real files. What runs under the name of containerd only sleeps, and ctr and docker are stand-ins that
 * print what a file holds: of the real ones `testbed/base-images.testbed.test.ts` tells.
 */
let root: PrivateRoot;
beforeAll(async () => {
  root = await createPrivateRoot();
  root.run(
    `mkdir -p /usr/local/fakes
    printf '#!/bin/sh\\nsleep 3600 & wait\\n' >/usr/local/fakes/containerd
    printf '#!/bin/sh\\necho "$*" >>/srv/started\\n. /srv/client\\n' >/usr/local/fakes/client
    rm -f /usr/bin/ctr /usr/bin/docker /usr/local/bin/docker /usr/local/bin/ctr
    cp /usr/local/fakes/client /usr/bin/ctr
    cp /usr/local/fakes/client /usr/bin/docker
    chmod 0755 /usr/local/fakes/containerd /usr/bin/ctr /usr/bin/docker
    : >/run/docker.sock
    /usr/local/fakes/containerd --state /srv/state --root=/srv/root </dev/null >/dev/null 2>&1 &
    while ! grep -qsx containerd /proc/[0-9]*/comm; do sleep 0.01; done`,
  );
});
afterAll(() => root.close());

const blobs = '/srv/root/io.containerd.content.v1.content/blobs/sha256';
const head = 'REF                 TYPE                  DIGEST           SIZE    PLATFORMS   LABELS \n';
const type = 'application/vnd.oci.image.manifest.v1+json';

beforeEach(() => {
  root.run(
    `rm -rf /srv/started /srv/root /srv/state /srv/check /etc/containerd/config.toml; mkdir -p ${blobs} /srv/state; cat >/srv/client <<'CLIENT'
case $* in
  *'images ls') cat /srv/list ;;
  *'images check'*) cat /srv/check ;;
  *) cat /srv/docker-list ;;
esac
CLIENT
printf '%s' "$1" >/srv/list; : >/srv/docker-list`,
    head,
  );
});

async function probe(shell: readonly string[] = ['dash']): Promise<ProbeReply> {
  const facts = [containerdRegistries, containerdImages, dockerImages];
  return (await startProbe(root.enter, shell, facts, 30).done).reply;
}

function readIn<Value>(
  reply: ProbeReply,
  { key, parse }: { key: string; parse: (text: { text: string; truncated: boolean }) => Value | undefined },
): Value {
  const section = reply.sections.get(key);
  const text = Buffer.from(section?.output ?? '').toString('latin1');
  const value = section?.status === 'ended' ? parse({ text, truncated: false }) : undefined;
  if (value === undefined) throw new Error(`${key}: ${section?.status} ${text.slice(0, 2000)}`);
  return value;
}

const containerd = (reply: ProbeReply) => readIn(reply, containerdImages) as ContainerdImages;
const docker = (reply: ProbeReply) => readIn(reply, dockerImages) as DockerImages;

/** Writes a blob by the name of its content; gives its digest. */
function blob(content: string): string {
  const script = `printf '%s' "$1" >/srv/blob; sum=$(sha256sum </srv/blob); cp /srv/blob "$2/\${sum%% *}"; echo "\${sum%% *}"`;
  return `sha256:${root.run(script, content, blobs).trim()}`;
}

const config = JSON.stringify({ architecture: 'amd64', os: 'linux' });
const gone = `sha256:${'0'.repeat(64)}`;

describe.each(shells.map((shell) => ({ shell })))('under $shell', ({ shell }) => {
  test('a manifest is taken apart however it is written; what is not one is not', async () => {
    const own = blob(config);
    const layer = blob('layer');
    const pretty = blob(
      JSON.stringify(
        { schemaVersion: 2, config: { digest: own, size: config.length }, layers: [{ size: 5, digest: layer }] },
        null,
        2,
      ),
    );
    const misleading = blob(
      JSON.stringify({
        annotations: { note: `"config":{"digest":"${gone}"}`, digest: gone, 'a\\"b': '{[' },
        subject: { digest: gone, size: 7 },
        layers: [
          { digest: layer, size: 5, annotations: { digest: gone } },
          { digest: gone, size: 3 },
        ],
        config: { digest: own, size: 1 },
      }),
    );
    const index = blob(
      JSON.stringify({
        manifests: [
          { digest: pretty, size: 1, platform: { architecture: 'amd64', os: 'linux' } },
          { digest: gone, size: 1, platform: { architecture: 'arm64', os: 'linux', variant: 'v8' } },
        ],
      }),
    );
    const text = blob('no JSON at all');
    const names = {
      'a.test/pretty:1': pretty,
      'a.test/misleading:1': misleading,
      'a.test/index:1': index,
      'a.test/text:1': text,
      'a.test/gone:1': gone,
    };
    root.run(
      `printf '%s' "$1" >>/srv/list`,
      Object.entries(names)
        .toSorted()
        .map(
          ([name, digest]) =>
            `${name} ${type} ${digest} 1.0 MiB linux/amd64,linux/arm64 io.cri-containerd.image=managed \n`,
        )
        .join(''),
    );
    root.run(`printf 'x %s complete (2/2) 1/1 true \\n' "$1" >/srv/check`, misleading);
    const facts = containerd(await probe(shell));
    const { images } = containerdNodeImages({ ...facts, uses: [] }, { ...facts.store!, machine: 'x86_64' });
    const content = Object.fromEntries(images.flatMap((image) => image.names.map((one) => [one.name, one.content])));

    expect(content).toEqual({
      'a.test/pretty:1': 'whole',
      'a.test/index:1': 'whole',
      'a.test/misleading:1': 'without-layers',
      'a.test/text:1': 'unknown',
      'a.test/gone:1': 'half',
    });
    expect(images.find(({ id }) => id === own)?.bytes).toBe(config.length + 5);
  });

  test('of a manifest that is written in any way is told what JSON.parse makes of it', async () => {
    const here = [config, 'layer 1', 'layer 2'].map(blob);
    const written = fc.sample(writtenManifest([...here, gone]), { numRuns: 150, seed: 15 });
    const digests = written.map((text) => `sha256:${sha256(Buffer.from(text))}`);
    root.run(
      `cd ${blobs}; while [ $# -gt 0 ]; do printf '%s' "$2" >"\${1#sha256:}"; shift 2; done`,
      ...digests.flatMap((digest, at) => [digest, written[at] ?? '']),
    );
    root.run(
      `printf '%s' "$1" >>/srv/list`,
      digests.map((digest, at) => `a.test/${at + 1000}:1 ${type} ${digest} 1.0 MiB linux/amd64 a=b \n`).join(''),
    );
    const { store } = containerd(await probe(shell));

    for (const [at, text] of written.entries())
      expect(store?.manifests.get(digests[at] ?? ''), text).toEqual(manifestIn(text, new Set(here)));
  });

  test('each name is told in full, of CRI’s three for an image as of others', async () => {
    const own = blob(config);
    const manifest = blob(JSON.stringify({ config: { digest: own, size: 9 }, layers: [] }));
    const lines: readonly (readonly [name: string, digest: string, labels: string])[] = [
      ['=', manifest, 'a=b'],
      ['a.test/app:1', manifest, 'a=b'],
      // Told in full, and what follows is still short for that before it.
      ['a.test/app:2@', manifest, 'a=b'],
      [`a.test/app@${manifest}`, manifest, 'a=b'],
      ['a.test/at@', manifest, 'a=b'],
      ['a.test/gone:1', gone, 'a=b'],
      [`a.test/gone@${gone}`, gone, 'a=b'],
      ['a.test/pinned:1', manifest, 'io.cri-containerd.pinned=pinned'],
      [own, manifest, 'a=b'],
    ];
    root.run(
      `printf '%s' "$1" >>/srv/list`,
      lines.map(([name, digest, labels]) => `${name} ${type} ${digest} 1.0 MiB linux/amd64 ${labels} \n`).join(''),
    );
    const { store } = containerd(await probe(shell));

    expect(store?.records.map(({ name, digest }) => `${name} ${digest}`).toSorted()).toEqual(
      lines.map(([name, digest]) => `${name} ${digest}`).toSorted(),
    );
    expect(store?.records.filter(({ labels }) => labels.size > 0).map(({ name }) => name)).toEqual(['a.test/pinned:1']);
  });

  test('a blob that is too large for a manifest is not read, whatever it is made of', async () => {
    const made = { braces: "'}'", letters: 'x', zeros: "'\\0'" };
    const digests = Object.entries(made).map(([name, character]) => {
      const digest = `sha256:${sha256(Buffer.from(name))}`;
      // More than one argument of a program holds.
      const script = `{ printf '{"x":"'; head -c 300000 /dev/zero | tr '\\0' ${character}; printf '"}'; } >"$1/\${2#sha256:}"`;
      root.run(script, blobs, digest);
      root.run(`printf '%s' "$1" >>/srv/list`, `a.test/${name}:1 ${type} ${digest} 1.0 MiB linux/amd64 a=b \n`);
      return digest;
    });
    expect(containerd(await probe(shell)).store?.unread).toEqual(new Set(digests));
  });

  test('where a layer is missing containerd is asked whether the image is unpacked, and by its digest alone', async () => {
    const own = blob(config);
    const lacking = (note: string): string =>
      blob(JSON.stringify({ note, config: { digest: own, size: 1 }, layers: [{ digest: gone, size: 3 }] }));
    const [unpacked, damaged, untold, child] = [lacking('a'), lacking('b'), lacking('c'), lacking('d')];
    const index = blob(
      JSON.stringify({ manifests: [{ digest: child, platform: { architecture: 'amd64', os: 'linux' } }] }),
    );
    const records = { unpacked, damaged, untold, index, [`damaged@${unpacked}`]: damaged };
    const list = Object.entries(records).map(
      ([name, digest]) => `a.test/${name} ${type} ${digest} 1.0 MiB linux/amd64 a=b \n`,
    );
    root.run(`printf '%s' "$1" >>/srv/list`, list.toSorted().join(''));
    const answers = [
      `a.test/unpacked ${type} ${unpacked} incomplete (1/2) 1 B/2 B true \n`,
      `a.test/damaged@${unpacked} ${type} ${damaged} incomplete (1/2) 1 B/2 B false \n`,
      `a.test/index ${type} ${index} incomplete (1/2) 1 B/2 B false \n`,
    ];
    root.run(`printf '%s' "$1" >/srv/check`, answers.join(''));
    const { store } = containerd(await probe(shell));

    expect(Object.fromEntries(store!.unpacked)).toEqual({
      [unpacked]: 'yes',
      [damaged]: 'no',
      [untold]: '?',
      [index]: 'no',
    });
    const asked = root
      .run('grep check /srv/started')
      .trim()
      .split('images check --snapshotter overlayfs ')
      .at(-1)
      ?.split(' ');
    expect(asked?.toSorted()).toEqual(
      [unpacked, damaged, untold, index].map((digest) => `target.digest==${digest}`).toSorted(),
    );
    // Where they are dropped by configuration, are fetched when they are read, or may be in one of several, nothing is asked.
    const several = 'snapshotter = "native"\n[plugins.cri.containerd.runtimes.kata]\nsnapshotter = "devmapper"';
    for (const line of ['discard_unpacked_layers = true', "snapshotter = 'stargz'", several]) {
      root.run(
        `rm /srv/started; mkdir -p /etc/containerd; printf '%s\\n' '[plugins.cri]' "$1" >/etc/containerd/config.toml`,
        line,
      );
      expect(containerd(await probe(shell)).store?.unpacked.size, line).toBe(0);
      expect(root.run('cat /srv/started'), line).not.toContain('check');
    }
    root.run(
      `printf '%s\\n' '[plugins.cri]' 'snapshotter = ""' 'discard_unpacked_layers = false' >/etc/containerd/config.toml`,
    );
    expect(containerd(await probe(shell)).store?.unpacked.size).toBe(4);
    root.run(
      `printf '%s\\n' '[plugins.cri]' "snapshotter = 'native'" "$1" 'snapshotter = ""' >/etc/containerd/config.toml`,
      '[plugins.cri.containerd.runtimes.runc]',
    );
    expect(containerd(await probe(shell)).store?.unpacked.size).toBe(4);
    expect(root.run('grep native /srv/started')).toContain('images check --snapshotter native ');
    // It has no such snapshotter: nothing was found out.
    root.run(
      `sed -i 's/true $/false /' /srv/check; sed -i 's|cat /srv/check ;;|cat /srv/check; exit 1 ;;|' /srv/client`,
    );
    expect(new Set(containerd(await probe(shell)).store?.unpacked.values())).toEqual(new Set(['?']));
  });

  test('names and labels with odd characters, and lines that are none', async () => {
    const odd = [
      '%s%n',
      '*',
      '-rf',
      '\\back\\slash',
      'a b.test/x:1',
      'quote"\'`$(reboot);',
      `x ${'y'.repeat(200)}`,
      'ünïcode',
    ];
    const lines = [
      ...odd.map((name) => `${name}   ${type} ${gone} 0.0 B - x=y,io.cri-containerd.pinned=pinned,k=a b `),
      'one that is torn',
      '',
    ];
    root.run(`printf '%s\\n' "$1" >>/srv/list`, lines.join('\n'));
    const { store } = containerd(await probe(shell));

    expect(store?.records.map(({ name }) => Buffer.from(name, 'latin1').toString('utf8'))).toEqual(odd);
    expect(new Set(store?.records.map(({ labels }) => labels.get('io.cri-containerd.pinned')))).toEqual(
      new Set(['pinned']),
    );
    expect(store?.odd).toBe(2);
  });

  test('lines that an image has put into the list are told to be there, and no record is told', async () => {
    const line = (name: string): string => `${name} ${type} ${gone} 1.0 KiB linux/amd64 -`;
    const names = ['docker.io/evil/x:1', `docker.io/evil/x@${gone}`, gone];
    const listed = async (forged: string): Promise<ContainerdImages> => {
      root.run(
        `printf '%s%s\\n' "$1" "$2" >/srv/list`,
        head,
        names.map((name) => (forged === '' ? line(name) : `${line(name)}\n${line(forged)}`)).join('\n'),
      );
      return containerd(await probe(shell));
    };
    expect((await listed('')).store?.records.map(({ name }) => name)).toEqual(names);
    // Before them all, between them, behind them all, and one of their own.
    for (const forged of ['a.test/x:1', 'registry.k8s.io/pause:3.6', 'zot.test/x:1', 'docker.io/evil/x:1'])
      expect(await listed(forged), forged).toMatchObject({ store: undefined, unlisted: { why: 'muddled' } });
  });

  test('what runs, of runc’s files and of docker’s; not what an environment says', async () => {
    const task = '/srv/state/io.containerd.runtime.v2.task/k8s.io';
    const runc = (kind: string, more: object): string =>
      JSON.stringify({
        process: { env: ['X={"annotations":{"io.kubernetes.cri.image-name":"evil.test/x:1"}}'] },
        annotations: { 'io.kubernetes.cri.container-type': kind, ...more },
      });
    root.run(
      `mkdir -p ${task}/1 ${task}/2 ${task}/3 /var/lib/docker/containers/a /var/lib/docker/containers/b
      printf '%s' "$1" >${task}/1/config.json; printf '%s' "$2" >${task}/2/config.json; printf '%s' "$3" >${task}/3/config.json
      printf '%s' "$4" >/var/lib/docker/containers/a/config.v2.json; printf '%s' "$5" >/var/lib/docker/containers/b/config.v2.json`,
      runc('container', { 'io.kubernetes.cri.image-name': 'a.test/app:1' }),
      runc('sandbox', { 'io.kubernetes.cri.podsandbox.image-name': 'a.test/pause:1' }),
      runc('sandbox', {}),
      JSON.stringify({
        State: { Running: true },
        Config: {
          Env: [`Y="Image":"${gone}"`],
          Image: 'a.test/app:1',
          Labels: { Image: gone, 'io.kubernetes.docker.type': 'container' },
        },
        Image: `sha256:${'1'.repeat(64)}`,
      }),
      JSON.stringify({
        State: { Running: false },
        Config: { Image: 'x', Labels: { 'io.kubernetes.docker.type': 'podsandbox' } },
        Image: `sha256:${'2'.repeat(64)}`,
      }),
    );
    const reply = await probe(shell);

    expect(containerd(reply)).toMatchObject({ unnamedSandboxes: 1 });
    expect(containerd(reply).uses.toSorted((a, b) => (a.image < b.image ? -1 : 1))).toEqual([
      { image: 'a.test/app:1', isSandbox: false, containers: 1 },
      { image: 'a.test/pause:1', isSandbox: true, containers: 1 },
    ]);
    expect(docker(reply)).toMatchObject({
      uses: [{ image: `sha256:${'1'.repeat(64)}`, isSandbox: false, containers: 1 }],
      ended: [{ image: `sha256:${'2'.repeat(64)}`, isSandbox: true, containers: 1 }],
    });
  });
});

test('what sandboxes were made from since the daemon was started is told, by the kernel and not by a file’s time', async () => {
  const task = '/srv/state/io.containerd.runtime.v2.task/k8s.io';
  const sandbox = (image: string): string =>
    JSON.stringify({
      annotations: {
        'io.kubernetes.cri.container-type': 'sandbox',
        'io.kubernetes.cri.podsandbox.image-name': image,
      },
    });
  // Of before: its process is the first of all. When one was started that is gone, or whose process nobody noted, is unknown.
  root.run(
    `task=${task}
    made() {
      mkdir -p "$task/$1"; printf '%s' "$2" >"$task/$1/config.json"; [ -z "$3" ] || printf %s "$3" >"$task/$1/init.pid"
      touch -d "$4" "$task/$1/config.json" "$task/$1"
    }
    ln -s /usr/bin/sleep '/srv/a ) S 1 2'
    '/srv/a ) S 1 2' 60 </dev/null >/dev/null 2>&1 & new=$!
    made before "$1" 1 now; made new "$2" $new '1 year ago'; made other "$2" 1 now
    made gone "$3" 4194303 now; made untold "$4" '' now; made odd "$5" '1 2' now`,
    ...['before', 'new', 'gone', 'untold', 'odd'].map((name) => sandbox(`a.test/${name}:1`)),
  );

  for (const shell of shells) expect(containerd(await probe(shell)).madeFrom).toEqual(['a.test/new:1']);
});

test.each(['=', ' '])(
  'which sandbox image cri-dockerd was told, behind “%s”, and nothing else of its command line',
  async (sign) => {
    const pid = root.run(
      `cp /usr/local/fakes/containerd /usr/local/fakes/cri-dockerd
      /usr/local/fakes/cri-dockerd --token=secret $1 --network-plugin=cni </dev/null >/dev/null 2>&1 &
      while ! grep -qsx cri-dockerd "/proc/$!/comm"; do sleep 0.01; done; echo $!`,
      `--pod-infra-container-image${sign}a.test/pause:2`,
    );
    const { reply } = await startProbe(root.enter, ['dash'], [runningDaemons], 30).done;
    root.run('kill "$1"', pid.trim());

    expect(readIn(reply, runningDaemons).criDockerdSandbox).toBe('a.test/pause:2');
    expect(Buffer.from(reply.sections.get(runningDaemons.key)?.output ?? '').toString()).not.toContain('secret');
  },
);

test('the room is that of the folder that the daemon was given', async () => {
  root.run('mount -t tmpfs -o size=3m,mode=0755 tmpfs /srv/root');
  const { room } = containerd(await probe());
  root.run('umount /srv/root');

  expect(room).toMatch(/^4096 768 \d+ \d+ \d+ \d+ [0-9a-f]+ \/srv\/root$/u);
});

test('2,000 images are read whole, and each client was started once', async () => {
  const own = blob(config);
  const manifest = blob(JSON.stringify({ config: { digest: own, size: 9 }, layers: [] }));
  root.run(
    `seq -w 1 2000 | sed "s|.*|registry.example.test/team/service-&:v1.& $1 $2 1.0 MiB linux/amd64 a=b |" >>/srv/list`,
    type,
    manifest,
  );
  const reply = await probe();

  expect(containerd(reply).store?.records.map(({ name }) => name)).toEqual(
    Array.from({ length: 2000 }, (_, index) => String(index + 1).padStart(4, '0')).map(
      (number) => `registry.example.test/team/service-${number}:v1.${number}`,
    ),
  );
  expect(root.run('cat /srv/started').trim().split('\n')).toHaveLength(2);
});

test('a runtime that hangs takes its own section’s time, and is unknown; the other one is read', async () => {
  root.run(`printf 'case $* in *k8s.io*) sleep 600 ;; esac\\n' >/srv/client`);
  const reply = await probe();

  expect(reply.sections.get('containerd/images')?.status).toBe('timed-out');
  expect(docker(reply).listed?.images).toEqual([]);
  expect(reply.complete).toBe(true);
});

test('a client that others than root can change is not started; one that fails is not read as an empty list', async () => {
  root.run('chmod 0777 /usr/bin/ctr; echo exit 1 >/srv/client');
  const reply = await probe();
  root.run('chmod 0755 /usr/bin/ctr');

  expect(containerd(reply)).toMatchObject({ store: undefined, unlisted: { why: 'refused', path: '/usr/bin/ctr' } });
  expect(reply.sections.get('docker/images')).toMatchObject({ exitCode: 1 });
  expect(root.run('cat /srv/started').trim().split('\n')).toHaveLength(1);
});

test.each(['dockerd', 'its socket alone'])('without a client nothing is said of docker’s images: %s', async (what) => {
  root.run(
    `mv /usr/bin/docker /srv/docker
    [ "$1" != dockerd ] || { cp /usr/local/fakes/containerd /usr/local/fakes/dockerd; /usr/local/fakes/dockerd </dev/null >/dev/null 2>&1 & }
    [ "$1" != dockerd ] || while ! grep -qsx dockerd /proc/[0-9]*/comm; do sleep 0.01; done`,
    what,
  );
  try {
    const reply = await probe();

    expect(docker(reply)).toEqual({ listed: undefined, unlisted: 'no-client', uses: [], ended: [], usesUnread: false });
  } finally {
    root.run('mv /srv/docker /usr/bin/docker; pkill -x dockerd || :');
  }
});
