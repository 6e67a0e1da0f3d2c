import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { refusal } from '../src/problems/nfs-locking/cluster-faults.ts';
import breakGpu from '../src/problems/gpu-metrics/break.sh?raw';
import breakNfs from '../src/problems/nfs-locking/break.sh?raw';
import { unpackedPackage } from '../test/chroot/debian-package.ts';
import { operatorOf, type Operator } from '../test/end-to-end/operator.ts';
import addPackages from './node-services/add-packages.sh?raw';
import standInExporter from './node-services/stand-in-exporter.sh?raw';
import { startTestTestbed, type TestTestbed } from './testing/test-testbed.ts';

/**
 * Services of a node that pods depend on, under a real systemd: Debian's rpcbind and rpc.statd, from its archive and
 * installed on the node alone; and a stand-in for NVIDIA's exporter whose library the node's own loader really refuses. Locks
 * over NFS are made in the virtual machine (`testbed/vm/`), whose kernel has client and server of it.
 */
let testbed: TestTestbed;
let operator: Operator;
const node = 'containerd-1';

const packages = [
  'rpcbind',
  'nfs-common',
  'libnfsidmap1',
  'libtirpc3',
  'libtirpc-common',
  'libwrap0',
  'libevent-core-2.1-7',
  'keyutils',
];

beforeAll(async () => {
  const folders = packages.map(unpackedPackage).flatMap((folder) => ['-C', folder, '.']);
  const archive = execFileSync('tar', ['-czf', '-', ...folders], { maxBuffer: 64 * 1024 ** 2 }).toString('base64');
  testbed = await startTestTestbed({ containerd: 1, docker: 0 }, { name: 'node-services' });
  const { folder } = await testbed.status();
  operator = operatorOf(undefined, { NODEMEND_CONFIG: folder.configuration });
  await testbed.kubectl('create', 'namespace', 'nodemend');
  await testbed.root(node, `base64 -d >/tmp/packages.tar.gz <<'ARCHIVE'\n${archive}\nARCHIVE\n${addPackages}`);
  await testbed.root(node, `systemctl start rpc-statd.service\n${standInExporter}`);
});
afterAll(async () => {
  operator?.leave();
  await testbed?.down();
});

async function rulesOf(problem: string): Promise<readonly string[]> {
  const { stdout } = await operator.nodemend('diagnose', '--only', problem, '-o', 'json');
  const { findings } = JSON.parse(stdout) as {
    readonly findings: readonly {
      readonly status: string;
      readonly rule: string;
      readonly text?: { readonly key: string };
    }[];
  };
  return findings.filter(({ status }) => status !== 'pass').map(({ status, rule }) => `${status} ${rule}`);
}

async function nodemend(...args: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await operator.nodemend(...args, '--lang', 'en');
  return `${exitCode}\n${stdout}${stderr}`;
}

const inject = (script: string, fault: string): Promise<string> => testbed.root(node, `set -- ${fault}\n${script}`);
const links = (): Promise<string> => testbed.root(node, 'find /etc/systemd/system | sort');
const answers = (): Promise<string> => testbed.root(node, 'rpcinfo -t 127.0.0.1 100024 1');
const activity = (): Promise<string> =>
  testbed.root(
    node,
    'systemctl is-active rpcbind.service rpc-statd.service || :; systemctl is-enabled rpcbind.service || :',
  );

test('a node whose services are well is silent, whatever else is called like them and has ended', async () => {
  await testbed.root(
    node,
    'cp /bin/true /tmp/rpc.statd; (/tmp/rpc.statd & exec sleep 600) >/dev/null 2>&1 & sleep 0.5',
  );
  expect(await testbed.root(node, 'grep -l "(rpc.statd) Z" /proc/[0-9]*/stat')).not.toBe('');

  expect(await rulesOf('nfs-locking')).toEqual([]);
  expect(await rulesOf('gpu-metrics')).toEqual([]);
});

test('a statd that is a zombie: systemd calls it active, nodemend restarts it', async () => {
  await inject(breakNfs, 'statd-zombie');
  expect(await activity()).toBe('active\nactive\nenabled\n');
  expect(await rulesOf('nfs-locking')).toEqual(['fail statd-blocked']);

  expect(await nodemend('apply', 'nfs-locking', '--yes', '--allow', 'restart')).toMatch(/^0\n/);
  expect(await answers()).toContain('ready and waiting');
  expect(await rulesOf('nfs-locking')).toEqual([]);
});

test('a statd that a signal stopped, and one that lost its registration to the guide’s order, are found', async () => {
  await inject(breakNfs, 'statd-suspended');
  expect(await rulesOf('nfs-locking')).toEqual(['fail statd-blocked']);

  // An rpcbind that does not keep its table.
  await testbed.root(
    node,
    "echo 'OPTIONS=' >/etc/default/rpcbind; systemctl restart rpc-statd; systemctl restart rpcbind",
  );
  expect(await testbed.root(node, 'systemctl is-active rpc-statd; rpcinfo -p')).toMatch(/^active\n(?!.*100024)/s);
  expect(await rulesOf('nfs-locking')).toEqual(['fail statd-blocked']);
  await testbed.root(node, 'rm /etc/default/rpcbind; systemctl restart rpc-statd');
});

test('stopped and disabled: enabled and started in order, nothing has to be allowed, and undo takes exactly that away', async () => {
  await inject(breakNfs, 'statd-stopped');
  expect(await rulesOf('nfs-locking'), 'the next mount would start it').toEqual([]);
  await testbed.kubectl('create', '-f', eventFile());
  expect(await rulesOf('nfs-locking')).toEqual(['fail mounts-refused']);
  const before = await links();

  expect(await nodemend('apply', 'nfs-locking', '--yes')).toMatch(/^0\n/);
  expect(await answers()).toContain('ready and waiting');
  expect(await activity()).toBe('active\nactive\nenabled\n');
  expect(await rulesOf('nfs-locking'), 'the event is older than statd').toEqual([]);

  expect(await nodemend('undo', '--yes')).toMatch(/DISRUPTION_NOT_ALLOWED/);
  expect(await nodemend('undo', '--yes', '--allow', 'restart')).toMatch(/^0\n/);
  expect(await links()).toBe(before);
  expect(await activity()).toBe('inactive\ninactive\ndisabled\n');
});

test('an exporter that does not find its library: the counters edited, ldconfig run, started; undone to the byte', async () => {
  const files = (): Promise<string> =>
    testbed.root(
      node,
      'cd /etc/dcgm-exporter; cat default-counters.csv; stat -c "%a %u %g" default-counters.csv; ls -d /etc/systemd/system/dcgm*',
    );
  await inject(breakGpu, 'library-uncached');
  expect(await testbed.root(node, 'journalctl -q -o cat -u dcgm-exporter')).toContain(
    'error while loading shared libraries: libdcgm.so.4: cannot open shared object file',
  );
  expect(await rulesOf('gpu-metrics')).toEqual(['fail exporter-down']);
  const before = await files();

  expect(await nodemend('apply', 'gpu-metrics', '--yes')).toMatch(/^0\n/);
  expect(
    await testbed.root(
      node,
      'systemctl is-active dcgm-exporter; grep -c "^# DCGM_FI_PROF" /etc/dcgm-exporter/default-counters.csv',
    ),
  ).toBe('active\n2\n');
  expect(await rulesOf('gpu-metrics')).toEqual([]);

  expect(await nodemend('undo', '--yes', '--allow', 'restart')).toMatch(/^0\n/);
  expect(await files()).toBe(before);
  expect(await testbed.root(node, 'systemctl is-active dcgm-exporter || :')).toBe('inactive\n');
});

/** kubelet's own words; only its mount is not made. A minute and more ago: clocks of nodes and API server may differ by one. */
function eventFile(): string {
  const file = join(operator.folder, 'event.json');
  const at = new Date(Date.now() - 120_000).toISOString().replace(/\.\d+Z/, 'Z');
  writeFileSync(
    file,
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: 'web.refused', namespace: 'default' },
      involvedObject: { apiVersion: 'v1', kind: 'Pod', namespace: 'default', name: 'web', uid: 'uid-web' },
      type: 'Warning',
      reason: 'FailedMount',
      message: refusal,
      source: { component: 'kubelet', host: node },
      count: 3,
      firstTimestamp: at,
      lastTimestamp: at,
    }),
  );
  return file;
}
