import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createPrivateRoot, type PrivateRoot } from '../../../../test/private-root.ts';
import { userScript } from '../../../engine/user-script/user-script.ts';
import { bootstrap, bootstrapContent } from './bootstrap.ts';
import type { SeededImage } from './image-list.ts';

/**
 * Under every shell, with stand-ins for ctr and docker that keep their names in files: of the real ones, and of systemd,
 * `testbed/base-images.testbed.test.ts` has nodes that boot with this script.
 */
let root: PrivateRoot;
beforeAll(async () => {
  root = await createPrivateRoot();
});
afterAll(() => root.close());

const [good, other] = ['a', 'b'].map((letter) => `sha256:${letter.repeat(64)}`) as [string, string];
const pause: SeededImage = { name: 'registry.k8s.io/pause:3.6', source: `mirror.internal/pause@${good}`, digest: good };
const images: readonly SeededImage[] = [
  pause,
  { name: 'docker.io/calico/node:v3.28.2', source: `mirror.internal/node@${other}`, digest: other },
];
const script = userScript(
  [{ problem: 'base-images', bootstrap: { script: bootstrap.script, content: bootstrapContent(images) } }],
  '1.2.3',
);

/** Records are files of /srv/images, their slashes as commas: the digest, and a label a line. */
const ctr = `#!/bin/sh
# A stand-in that says that it is one.
file() { echo "/srv/images/$(printf %s "$1" | tr / ,)"; }
while :; do case $1 in --address | --namespace) shift 2 ;; *) break ;; esac; done
echo "$*" >>/srv/asked
case $1-$2 in
  images-ls)
    name=\${3#name==}
    echo 'REF TYPE DIGEST SIZE PLATFORMS LABELS'
    [ ! -f "$(file "$name")" ] || echo "$name type $(head -n 1 "$(file "$name")") 1 KiB linux/amd64 -"
    ;;
  images-check)
    echo 'REF TYPE DIGEST STATUS SIZE UNPACKED'
    echo "\${3#name==} type d $(cat /srv/status 2>/dev/null || echo 'complete (2/2)') 1.0 KiB/1.0 KiB false"
    ;;
  images-pull)
    [ ! -e /srv/away ] || { echo 'ctr: dial tcp: i/o timeout' >&2; exit 1; }
    printf '%s\\n' "$(cat /srv/answers 2>/dev/null || echo "\${5#*@}")" >"$(file "$5")"
    ;;
  images-tag) cp "$(file "$3")" "$(file "$4")" ;;
  images-label) echo "$4" >>"$(file "$3")" ;;
esac
`;
const docker = `#!/bin/sh
# A stand-in that says that it is one.
file() { echo "/srv/images/$(printf %s "$1" | tr / ,)"; }
echo "$*" >>/srv/asked
case $1 in
  image) cat "$(file "$5")" ;;
  pull) echo sha256:id >"$(file "$3")" ;;
  tag) cp "$(file "$2")" "$(file "$3")" ;;
esac
`;

beforeEach(() => {
  root.run(
    `rm -rf /srv /var/lib/nodemend /run/containerd /run/docker.sock; mkdir -p /srv/images /run/containerd /usr/local/bin
     rm -f /usr/bin/dockerd /usr/sbin/dockerd /usr/local/bin/dockerd /usr/bin/docker /usr/local/bin/docker
     printf %s "$1" >/usr/local/bin/ctr; cp /usr/local/bin/ctr /usr/bin/ctr; chmod 755 /usr/local/bin/ctr /usr/bin/ctr`,
    ctr,
  );
});

/** A socket that nobody needs to answer: what asks there is a stand-in. */
function listen(path: string): void {
  root.run(`perl -MIO::Socket::UNIX -e 'IO::Socket::UNIX->new(Local => shift, Listen => 1) or die' "$1"`, path);
}

function run(shell: readonly string[] = ['sh']): { readonly status: number | null; readonly lines: readonly string[] } {
  const [program = '', ...args] = [...root.enter, ...shell];
  const { status, stdout, stderr } = spawnSync(program, [...args, '-s'], { input: script, encoding: 'utf8' });
  return { status, lines: `${stdout}${stderr}`.split('\n').slice(0, -1) };
}

const records = (): readonly string[] =>
  root
    .run('cd /srv/images && grep -H . * || :')
    .split('\n')
    .slice(0, -1)
    .map((line) => line.replaceAll(',', '/'));
const pinned = 'io.cri-containerd.pinned=pinned';

describe.each([{ shell: ['dash'] }, { shell: ['bash'] }, { shell: ['busybox', 'sh'] }])('$shell', ({ shell }) => {
  test('images are pulled by digest, named as kubelet asks for them, and pinned; again nothing is pulled', () => {
    listen('/run/containerd/containerd.sock');
    const { status, lines } = run(shell);

    expect({ status, lines }).toEqual({
      status: 0,
      lines: images.map(({ name, source }) => `nodemend: base-images: ${name} was loaded from ${source}`),
    });
    expect(records()).toEqual(
      expect.arrayContaining(
        images.flatMap(({ name, source, digest }) =>
          [name, source].flatMap((record) => [`${record}:${digest}`, `${record}:${pinned}`]),
        ),
      ),
    );
    root.run('rm /srv/asked');
    expect(run(shell).status).toBe(0);
    expect(root.run('grep -c pull /srv/asked || :').trim()).toBe('0');
  });

  test('a name that is another image’s is left to it, and the others come', () => {
    listen('/run/containerd/containerd.sock');
    root.run(`echo ${other} >/srv/images/registry.k8s.io,pause:3.6`);
    const { status, lines } = run(shell);

    expect(status).toBe(1);
    expect(lines[0]).toContain(`${pause.name} is another image here (${other}); it is left as it is`);
    expect(lines[0]).toContain('docker.io/calico/node:v3.28.2 was loaded');
    expect(records().filter((line) => line.startsWith(`${pause.name}:`))).toEqual([`${pause.name}:${other}`]);
  });

  test('half an image is pulled again; content with another digest gets no name', () => {
    listen('/run/containerd/containerd.sock');
    root.run(`echo ${good} >/srv/images/registry.k8s.io,pause:3.6; echo 'incomplete (1/2)' >/srv/status`);
    expect(run(shell)).toMatchObject({ status: 0 });
    expect(root.run('grep -c "pull.*pause" /srv/asked').trim()).toBe('1');

    root.run(`rm -rf /srv/images/* /srv/status; echo ${other} >/srv/answers`);
    const { status, lines } = run(shell);
    expect(status).toBe(1);
    expect(lines[0]).toContain(`${pause.source} did not come with its digest`);
    expect(records().some((line) => line.startsWith(`${pause.name}:`))).toBe(false);
  });

  test('a registry that does not answer is said, and the node has what it had', () => {
    listen('/run/containerd/containerd.sock');
    root.run(': >/srv/away');
    const { status, lines } = run(shell);

    expect(status).toBe(1);
    expect(lines[0]).toContain(`${pause.name} could not be pulled from ${pause.source}: ctr: dial tcp: i/o timeout`);
    expect(records()).toEqual([]);
  });

  test('docker pulls and tags, and its own containerd gets nothing', () => {
    listen('/run/containerd/containerd.sock');
    listen('/run/docker.sock');
    root.run(
      'printf %s "$1" >/usr/local/bin/docker; cp /usr/local/bin/docker /usr/local/bin/dockerd; chmod 755 /usr/local/bin/docker*',
      docker,
    );
    expect(run(shell)).toEqual({
      status: 0,
      lines: images.map(({ name, source }) => `nodemend: base-images: ${name} was loaded from ${source}`),
    });
    expect(records()).toContain(`${pause.name}:sha256:id`);
    expect(run(shell).lines[0]).toContain('is here already');
  });
});

test('a node that has docker’s programs and never starts them is one of containerd', () => {
  listen('/run/containerd/containerd.sock');
  root.run(
    'printf %s "$1" >/usr/local/bin/dockerd; chmod 755 /usr/local/bin/dockerd; systemctl --quiet disable docker.service docker.socket || :',
    docker,
  );

  expect(run()).toMatchObject({ status: 0 });
  expect(records()).toContain(`${pause.name}:${pause.digest}`);
});

test('a socket alone, on which systemd listens for a docker that starts later, is not taken for an answer', () => {
  listen('/run/docker.sock');
  const silent = '#!/bin/sh\necho "$*" >>/srv/asked\nexit 1\n';
  root.run(
    'for name in docker dockerd; do printf %s "$1" >/usr/local/bin/$name; chmod 755 /usr/local/bin/$name; done',
    silent,
  );
  const { status, lines } = run();

  expect(status).toBe(1);
  expect(lines[0]).toContain('no container runtime answers');
  expect(root.run('cat /srv/asked')).toBe('version\n');
});

test('where no runtime answers, and no systemd could try later, it says so', () => {
  const { status, lines } = run();

  expect(status).toBe(1);
  expect(lines[0]).toBe(
    'nodemend: base-images: stopped: no container runtime answers: run the script again once it does',
  );
  // What it brought is there to be run by hand.
  expect(root.run('stat -c "%a %u" /var/lib/nodemend/user-script/*').trim().split('\n')).toEqual(['600 0', '600 0']);
});
