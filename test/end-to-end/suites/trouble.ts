import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse, parseAllDocuments, stringify } from 'yaml';
import { createAuthority } from '../../../src/kubernetes/testing/authority.ts';
import { etcHash } from '../node-files.ts';
import { operatorOf, type Operator } from '../operator.ts';
import type { OpenCluster, TestCluster } from '../test-cluster.ts';

interface Kubeconfig {
  readonly users: readonly { readonly name: string; readonly user: Readonly<Record<string, string>> }[];
}

export function describeTrouble(create: OpenCluster): void {
  describe('trouble', () => {
    let cluster: TestCluster;
    let operator: Operator;
    let [broken, silent, refusing] = ['', '', ''];

    beforeAll(async () => {
      cluster = await create();
      operator = operatorOf(cluster);
      [broken = '', silent = '', refusing = ''] = cluster.nodes
        .filter(({ runtime }) => runtime === 'docker')
        .map(({ name }) => name);
      await cluster.breakNodes('container-logs', 'rule-missing', [broken, silent, refusing]);
      await cluster.freezeSsh(silent);
      await cluster.root(refusing, 'for file in /etc/sudoers.d/*; do : >"$file"; done');
    });
    afterAll(async () => {
      operator?.leave();
      await cluster?.down();
    });

    test('a node that is silent and one that allows no sudo are unknown, each with its reason, and never fine', async () => {
      const { exitCode, stdout } = await operator.nodemend('diagnose', '--connect-timeout', '2');
      expect(exitCode, stdout).toBe(3);
      expect(stdout).toContain(
        `${cluster.nodes.length} nodes: 1 failing, 2 unknown, ${cluster.nodes.length - 3} passing.`,
      );
      const unknown = stdout.slice(stdout.indexOf('UNKNOWN'));
      expect(unknown).toMatch(new RegExp(`${silent}[^]*${refusing}|${refusing}[^]*${silent}`));
      expect(unknown).toContain('sudo');
      expect(stdout).not.toMatch(/are fine/);
    });

    test('when nothing else is wrong the exit code says that something was not seen', async () => {
      const healthy = cluster.nodes.filter(({ runtime }) => runtime === 'containerd').map(({ name }) => name);
      const { exitCode, stdout } = await operator.nodemend(
        'diagnose',
        '--connect-timeout',
        '2',
        '--nodes',
        [silent, ...healthy].join(','),
      );
      expect(exitCode, stdout).toBe(5);
      expect(stdout).not.toMatch(/are fine/);
    });

    test('a standing approval counts the two that could not be seen as nodes to be changed', async () => {
      const words = ['--connect-timeout', '2', '--soak', '0'];
      const file = (name: string): string => join(operator.folder, name);
      const command = ['apply', 'container-logs', '--kubeconfig', cluster.kubeconfig, ...words];
      const schedule = [
        'schedule',
        'install',
        '--as',
        'cronjob',
        '--name',
        'night',
        '--cap',
        '2',
        '--out',
        file('night'),
      ];
      const made = await operator.nodemend(...schedule, '--', ...command);
      expect(made.exitCode, made.stderr).toBe(0);
      const [configMap] = parseAllDocuments(readFileSync(file('night'), 'utf8')).map(
        (document) => document.toJS() as { readonly data: Readonly<Record<string, string>> },
      );
      const approval = configMap?.data['approval.json'] ?? '';
      writeFileSync(file('two'), approval, { mode: 0o600 });
      writeFileSync(file('three'), approval.replace('"nodes": 2', '"nodes": 3'), { mode: 0o600 });
      const before = await etcHash(cluster, broken);
      const refused = await operator.nodemend(...command, '--approval', file('two'));
      const said = refused.stderr.replaceAll(/\s+/g, ' ');
      expect(refused.exitCode, said).toBe(8);
      expect(said).toContain(
        `The plan would change 1 of ${cluster.nodes.length} nodes, and 2 others could not be fully checked.`,
      );
      expect(said).toContain('[APPROVAL_EXCEEDED]');
      expect(await etcHash(cluster, broken)).toBe(before);
      const allowed = await operator.nodemend(...command, '--approval', file('three'), '--dry-run');
      expect(allowed.exitCode, allowed.stderr).toBe(6);
    });

    test('apply mends what it can see and says that it was a part', async () => {
      const before = await Promise.all([silent, refusing].map((node) => etcHash(cluster, node)));
      const { exitCode, stdout, stderr } = await operator.nodemend(
        'apply',
        'container-logs',
        '--yes',
        '--soak',
        '0',
        '--connect-timeout',
        '2',
      );
      expect(exitCode, `${stdout}${stderr}`).toBe(6);
      expect(stdout).toMatch(/DONE {2}run \S+, 1 of 1 node/);
      expect(await Promise.all([silent, refusing].map((node) => etcHash(cluster, node)))).toEqual(before);
      const [run = ''] = operator.runs();
      expect((await operator.nodemend('undo', run, '--yes', '--connect-timeout', '2')).exitCode).toBe(0);
    });

    test('doctor names the node group that cannot be worked with, and what to do', async () => {
      const { exitCode, stdout } = await operator.nodemend('doctor', '--connect-timeout', '2', '--nodes', refusing);
      expect(exitCode, stdout).toBe(3);
      expect(stdout).toMatch(/sudo/);
      expect(stdout).toContain('visudo');
      const frozen = await operator.nodemend('doctor', '--connect-timeout', '2', '--nodes', silent);
      expect(frozen.exitCode, frozen.stdout).toBe(3);
      expect(frozen.stdout).toContain(silent);
    });

    test('a read-only user: doctor prints the role that is missing, apply is refused before any node', async () => {
      const before = await etcHash(cluster, broken);
      const { exitCode, stdout } = await operator.nodemend(
        'doctor',
        '--context',
        cluster.contexts.read,
        '--nodes',
        broken,
      );
      // Reading works all the same: a warning.
      expect(exitCode, stdout).toBe(4);
      expect(stdout).toContain('nodemend-change is missing');
      expect(stdout).toMatch(/kubectl apply\s+-f -/);
      expect(stdout).toMatch(/kind: (?:Cluster)?Role\n/);
      expect(stdout).toContain('leases');
      const apply = await operator.nodemend(
        'apply',
        'container-logs',
        '--yes',
        '--context',
        cluster.contexts.read,
        '--nodes',
        broken,
      );
      expect(apply.exitCode, apply.stderr).toBeGreaterThan(0);
      expect(apply.stderr).toContain('API_FORBIDDEN');
      expect(apply.stderr).toContain('leases');
      expect(await etcHash(cluster, broken)).toBe(before);
    });

    test('a context that is not there: the ones that are, and the one that was meant', async () => {
      const { exitCode, stderr } = await operator.nodemend('diagnose', '--context', `${cluster.contexts.read}s`);
      expect(exitCode).toBe(2);
      expect(stderr).toContain(cluster.contexts.read);
      expect(stderr).toContain(cluster.contexts.change);
    });

    test('an expired client certificate is called that, with its date', async () => {
      const authority = await createAuthority('another');
      const { certificate, key } = await authority.issue({
        commonName: 'admin',
        notBefore: new Date('2024-01-01'),
        notAfter: new Date('2025-01-31T00:00:00Z'),
      });
      const base64 = (text: string): string => Buffer.from(text).toString('base64');
      const config = parse(readFileSync(cluster.kubeconfig, 'utf8')) as Kubeconfig;
      const user = { 'client-certificate-data': base64(certificate), 'client-key-data': base64(key) };
      const users = config.users.map((entry) => ('token' in entry.user ? entry : { ...entry, user }));
      const path = join(operator.folder, 'expired.kubeconfig');
      writeFileSync(path, stringify({ ...config, users }), { mode: 0o600 });
      const doctor = await operator.nodemend('doctor', '--kubeconfig', path);
      expect(doctor.exitCode, doctor.stdout).toBe(3);
      expect(doctor.stdout).toContain('2025-01-31');
      const diagnose = await operator.nodemend('diagnose', '--kubeconfig', path);
      expect(diagnose.exitCode).toBeGreaterThan(0);
      expect(`${diagnose.stdout}${diagnose.stderr}`).toMatch(/EXPIRED/);
      expect(`${diagnose.stdout}${diagnose.stderr}`).toContain('2025-01-31');
    });

    test('no target at all is an error, not a clean bill', async () => {
      const { exitCode, stdout, stderr } = await operator.nodemend('diagnose', '--nodes', 'no-such-node');
      expect(exitCode).toBe(2);
      expect(`${stdout}${stderr}`).toContain('no-such-node');
      const bare = operatorOf(undefined);
      expect((await bare.nodemend('diagnose')).exitCode).toBe(2);
      bare.leave();
    });
  });
}
