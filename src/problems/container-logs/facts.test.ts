import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nodeFacts, type NodeFacts } from './facts.ts';
import { parseLogFiles, type LogFiles } from './logs/log-files.ts';
import { rotationFiles } from './rotation/rotation-files.ts';
import { runningDaemons } from '../../runtimes/running.ts';
import { containerLines, driverLines, file, id, node, section } from './testing/node.ts';
import { renderSectionFiles } from './testing/section-files.ts';

const logsOf = ({ logFiles }: NodeFacts): LogFiles => {
  if (logFiles.state !== 'seen') throw new Error(JSON.stringify(logFiles));
  return logFiles.value;
};

describe('rotation files', () => {
  test('come back as they were written, whatever bytes they hold', () => {
    const content = fc
      .array(fc.integer({ min: 0, max: 255 }), { maxLength: 200 })
      .map((bytes) => Buffer.from(bytes).toString('latin1'));
    const one = fc.record({
      name: fc.stringMatching(/^[a-z .~,-]{1,12}$/),
      content,
      mode: fc.integer({ min: 0, max: 0o7777 }),
      uid: fc.nat(70000),
    });

    fc.assert(
      fc.property(fc.uniqueArray(one, { selector: ({ name }) => name, maxLength: 5 }), (files) => {
        const written = files.map(({ name, ...rest }) => ({ ...rest, gid: 0, path: `/etc/logrotate.d/x${name}` }));
        const text = renderSectionFiles({
          head: ['accounts root root', 'folder /etc/logrotate.d'],
          files: written,
          separator: '--nodemend 12ab--',
        });
        const read = rotationFiles.parse({ text, truncated: false });

        expect(
          [...(read?.files.values() ?? [])].map(({ path, mode, uid, content: bytes, isExact }) => ({
            path,
            mode,
            uid,
            bytes,
            isExact,
          })),
        ).toEqual(written.map(({ path, mode, uid, content: bytes }) => ({ path, mode, uid, bytes, isExact: true })));
      }),
    );
  });

  test('any text is taken apart or is malformed, never an exception', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.boolean(), (text, truncated) => {
        rotationFiles.parse({ text, truncated });
        parseLogFiles({ text, truncated });
        runningDaemons.parse({ text, truncated });
      }),
    );
  });

  const files = [file('/etc/logrotate.conf', 'weekly\n'), file('/etc/logrotate.d/x', 'token: abc\n')];
  const text = renderSectionFiles({
    head: ['accounts root root', 'folder /etc/logrotate.d'],
    files,
    separator: '--s--',
  });

  test('a masked secret is told from a file that changed while it was read', () => {
    const masked = rotationFiles
      .parse({ text: text.replace('token: abc', 'token: ***'), truncated: false })
      ?.files.get('/etc/logrotate.d/x');
    const changed = rotationFiles
      .parse({ text: text.replace('token: abc', 'token: xyz'), truncated: false })
      ?.files.get('/etc/logrotate.d/x');

    expect(masked).toMatchObject({ content: 'token: ***\n', isExact: false });
    expect(changed).toMatchObject({ isExact: false });
    expect(changed).not.toHaveProperty('content');
  });

  test('what the cap cut off was not read, what came before it was', () => {
    const read = rotationFiles.parse({ text: text.slice(0, -12), truncated: true });

    expect(read?.files.get('/etc/logrotate.conf')?.content).toBe('weekly\n');
    expect(read?.files.get('/etc/logrotate.d/x')).not.toHaveProperty('content');
    expect(rotationFiles.parse({ text: text.slice(0, -12), truncated: false })).toBeUndefined();
    expect(rotationFiles.parse({ text: text.slice(0, 40), truncated: true })).toBeUndefined();
  });

  test('folders, links and what is missing', () => {
    const head = [
      'accounts root root',
      'folder /d',
      'closed /d',
      'folder /e',
      'missing /m',
      'dangling /e/l',
      'link /e/k',
      'olddir /o',
    ];
    const read = rotationFiles.parse({
      text: renderSectionFiles({ head, files: [file('/e/k', 'x')], separator: '--s--' }),
      truncated: false,
    });

    expect(read).toMatchObject({
      folders: new Set(['/e']),
      missing: new Set(['/m']),
      dangling: new Set(['/e/l']),
      oldDirs: new Set(['/o']),
    });
    expect(read?.files.get('/e/k')?.isLink).toBe(true);
  });
});

describe('log files', () => {
  test('of docker: sizes, old logs, drivers, limits and names', () => {
    const logs =
      'docker /data/my docker\nresolved /mnt/containers\n' +
      `${containerLines(1, 5000)}81a0 0 0 1 900 8 =-json.log.1.gz\nat ${id(2)}\n41c8 0 0 2 4096 8 .\ndrivers\n` +
      `${driverLines(1, 'json-file', '10m')}${driverLines(2, 'journald')}names\ncart-1_shop_app-${id(1)}.log\n`;
    const { docker } = logsOf(nodeFacts(node({ logs })));

    expect(docker).toMatchObject({ root: '/data/my docker', containersFolder: '/mnt/containers' });
    expect(docker?.containers).toMatchObject([
      {
        id: id(1),
        driver: 'json-file',
        maxSize: '10m',
        name: 'shop/cart-1/app',
        folder: { mode: 0o710 },
        log: { size: 5000, allocated: 8192 },
        rotated: [{ name: `${id(1)}-json.log.1.gz` }],
      },
      { id: id(2), driver: 'journald', maxSize: undefined, log: undefined, rotated: [] },
    ]);
  });

  test('of pods: links are told from files', () => {
    const logs = 'pods\nat shop_cart-1_u/app\na1ff 0 0 1 90 0 0.log\n81a0 0 0 1 300 8 1.log\n';

    expect(logsOf(nodeFacts(node({ logs }))).pods.map(({ name, isLink }) => [name, isLink])).toEqual([
      ['0.log', true],
      ['1.log', false],
    ]);
  });
});

test('a command line option of kubelet, its configuration file, and docker’s folder', () => {
  const read = (text: string): ReturnType<typeof runningDaemons.parse> =>
    runningDaemons.parse({ text, truncated: false });

  expect(
    read(
      'process kubelet 1\nkubelet-option --container-runtime-endpoint=unix:///run/containerd/containerd.sock\ndocker-root /d\n',
    ),
  ).toEqual({
    processes: new Set(['kubelet']),
    doubts: new Map(),
    kubeletRuntime: undefined,
    kubeletEndpoint: 'unix:///run/containerd/containerd.sock',
    dockerRoot: '/d',
  });
  expect(read('doubt dockerd not-root\nprocess containerd 7\n')).toMatchObject({
    processes: new Set(['containerd']),
    doubts: new Map([['dockerd', 'not-root']]),
  });
  expect(read('kubelet-config containerRuntimeEndpoint: "unix:///run/crio/crio.sock"\n')).toMatchObject({
    kubeletEndpoint: 'unix:///run/crio/crio.sock',
    dockerRoot: '/var/lib/docker',
  });
  expect(read('kubelet-option --container-runtime=docker\n')).toMatchObject({ kubeletRuntime: 'docker' });
  expect(read('something else\n')).toBeUndefined();
});

test('what could not be seen says why', () => {
  const unknown = { state: 'unknown', reason: 'timed-out', detail: 'x' } as const;
  const base = node({
    sections: {
      'disk/room': unknown,
      'runtimes/running': section('?'),
      'container-logs/log-files': section('pods\nx', { truncated: true }),
    },
  });
  const facts = nodeFacts({
    ...base,
    sections: Object.fromEntries(Object.entries(base.sections).filter(([key]) => !key.endsWith('version'))),
  });

  expect(facts.disk).toEqual(unknown);
  expect(facts.runtime).toMatchObject({ state: 'unknown', reason: 'malformed' });
  expect(facts.logFiles).toMatchObject({ state: 'unknown', reason: 'truncated' });
  expect(facts.release).toMatchObject({ state: 'unknown', reason: 'probe-failed' });
  expect(nodeFacts({ ...base, sections: {}, access: unknown }).disk).toEqual(unknown);
});
