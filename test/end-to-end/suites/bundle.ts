import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { heldToSchema } from '../../../src/app/documents/testing/held-to-schema.ts';
import { nodemendArguments, operatorOf, type Operator } from '../operator.ts';
import type { OpenCluster, TestCluster } from '../test-cluster.ts';

const example = join(import.meta.dirname, '../../../examples/sick-cluster.json');
let cluster: TestCluster;
let operator: Operator;

interface Document {
  readonly counts: { readonly findings: Readonly<Record<string, number>> };
  readonly findings: readonly object[];
  readonly exitCode: number;
}

function parsed(json: string): Document {
  return heldToSchema(json) as unknown as Document;
}

/** What another moment tells otherwise: disks fill, and what grows is measured over a longer time. */
const ofTheMoment = new Set([
  'collectedAt',
  'diskFreeBytes',
  'forecast',
  'notBefore',
  'logsPerDayBytes',
  'logsPerDayNowBytes',
  'earliestAt',
  'latestAt',
  'measuredMs',
  'measuredLogs',
  'stillToComeBytes',
  'othersPerDayBytes',
  'imagesGoAt',
  'evictsAt',
  'fullAt',
  'evictionSignal',
  'slabUnreclaimableKib',
  'ids',
]);

const timeless = (document: object): unknown =>
  JSON.parse(JSON.stringify(document, (key, value: unknown) => (ofTheMoment.has(key) ? undefined : value)));

/** As `nobody`, in a network namespace that has no route and whose loopback is down. */
function asNobodyOffline(...args: readonly string[]): {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
} {
  const leaveRoot = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', '--inh-caps=-all', '--'];
  return spawnSync('unshare', ['--net', '--', ...leaveRoot, process.execPath, ...nodemendArguments(...args)], {
    encoding: 'utf8',
    cwd: '/',
    env: { PATH: process.env['PATH'], HOME: '/nonexistent', LANG: 'C.UTF-8' },
  });
}

export function describeBundle(create: OpenCluster): void {
  describe('a bundle', () => {
    beforeAll(async () => {
      cluster = await create();
      operator = operatorOf(cluster);
      const [bare = '', unsafe = ''] = cluster.nodes
        .filter(({ runtime }) => runtime === 'docker')
        .map(({ name }) => name);
      const [, useless = ''] = cluster.nodes.filter(({ runtime }) => runtime === 'containerd').map(({ name }) => name);
      await cluster.breakNodes('container-logs', 'rule-missing', [bare]);
      await cluster.breakNodes('container-logs', 'rule-ignored', [unsafe]);
      await cluster.breakNodes('container-logs', 'rule-fights-kubelet', [useless]);
      for (const { name } of cluster.nodes) await cluster.quietLogs(name);
    });
    afterAll(async () => {
      operator?.leave();
      await cluster?.down();
    });

    test.each(['bundle.json', 'bundle.json.gz'])(
      'the findings of %s are the live ones, and its file is its owner’s alone',
      async (file) => {
        const made = await operator.nodemend('bundle', '--out', file);
        expect(made.exitCode, `${made.stdout}${made.stderr}`).toBe(0);
        expect(made.stdout).toContain(`nodemend diagnose --bundle ${file}`);
        expect(statSync(join(operator.folder, file)).mode & 0o777).toBe(0o600);
        const live = await operator.nodemend('diagnose', '-o', 'json');
        const offline = await operator.nodemend('diagnose', '--bundle', file, '-o', 'json');
        expect([live.exitCode, offline.exitCode]).toEqual([3, 3]);
        const document = parsed(live.stdout);
        expect(document.counts.findings['fail']).toBe(3);
        expect(timeless(parsed(offline.stdout))).toEqual(timeless(document));
      },
    );

    test('a bundle of a hosts file, and one of the API alone', async () => {
      expect((await operator.nodemend('bundle', '--out', 'hosts.json', '--hosts', cluster.hostsFile)).exitCode).toBe(0);
      expect(
        parsed((await operator.nodemend('diagnose', '--bundle', 'hosts.json', '-o', 'json')).stdout),
      ).toMatchObject({ cluster: null, scope: { targets: 'hosts' }, exitCode: 3 });
      const shy = operatorOf(undefined);
      try {
        const { exitCode, stdout } = await shy.nodemend('diagnose', '--kubeconfig', cluster.kubeconfig);
        expect(stdout).toContain('--via');
        expect(stdout).not.toContain('fine');
        expect(exitCode, stdout).not.toBe(3);
      } finally {
        shy.leave();
      }
    });

    test('a bundle is diagnosed without root, without a network and without a home', async () => {
      const mine = join(operator.folder, 'mine.json');
      expect((await operator.nodemend('bundle', '--out', 'mine.json')).exitCode).toBe(0);
      const denied = asNobodyOffline('diagnose', '--bundle', mine);
      expect(denied.status).toBe(2);
      expect(denied.stderr).toMatch(/BUNDLE_UNREADABLE/);
      chmodSync(operator.folder, 0o755);
      copyFileSync(mine, join(operator.folder, 'theirs.json'));
      chmodSync(join(operator.folder, 'theirs.json'), 0o644);
      const { status, stdout, stderr } = asNobodyOffline(
        'diagnose',
        '--bundle',
        join(operator.folder, 'theirs.json'),
        '-o',
        'json',
      );
      expect(status, stderr).toBe(3);
      expect(parsed(stdout).exitCode).toBe(3);
    });

    test('the example that comes with nodemend is a sick cluster', () => {
      const { status, stdout, stderr } = asNobodyOffline('diagnose', '--bundle', example);
      expect(stderr).toBe('');
      expect(status, stdout).toBe(3);
      expect(stdout).toContain('container-logs');
      for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
      expect(readFileSync(example, 'utf8')).not.toMatch(/BEGIN [A-Z ]*PRIVATE KEY/);
    });
  });
}
