import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JsonObject, KubernetesApi } from '../../../src/kubernetes/api.ts';
import { foldNodes } from '../../../src/engine/targets/fold-nodes.ts';
import { openKubernetes } from '../../../src/kubernetes/open-kubernetes.ts';
import { captureMachine, machineChanges, type MachineState } from '../../canary.ts';
import { etcHash, rotationFiles } from '../node-files.ts';
import { operatorOf, type Operator } from '../operator.ts';
import type { OpenCluster, TestCluster } from '../test-cluster.ts';

const rule = '/etc/logrotate.d/docker';
const leases = '/apis/coordination.k8s.io/v1/namespaces/nodemend/leases';

function ownSettings(state: MachineState): MachineState {
  return new Map([...state].filter(([name]) => name.startsWith('/etc') || name.startsWith('/proc/sys')));
}

const holder = (raw: JsonObject): unknown => (raw['spec'] as JsonObject)['holderIdentity'] ?? '';

export function describeCure(create: OpenCluster): void {
  describe('from finding to undo', () => {
    let machine: MachineState;
    let cluster: TestCluster;
    let api: KubernetesApi;
    /** One has no rule, one has a rule that logrotate passes over, and one is in good health. */
    let [bare, unsafe, healthy] = ['', '', ''];

    beforeAll(async () => {
      machine = ownSettings(captureMachine());
      cluster = await create();
      api = await openKubernetes({ kubeconfig: cluster.kubeconfig, environment: {} });
      [bare = '', unsafe = '', healthy = ''] = cluster.nodes
        .filter(({ runtime }) => runtime === 'docker')
        .map(({ name }) => name);
      await cluster.breakNodes('container-logs', 'rule-missing', [bare]);
      await cluster.breakNodes('container-logs', 'rule-ignored', [unsafe]);
      await cluster.root(unsafe, 'chown 1000:1000 "$1"', rule);
    });
    afterAll(async () => {
      await api?.close();
      await cluster?.down();
    });

    /** What nodemend may change on the nodes, and what they are to be again after an undo. */
    async function fingerprints(): Promise<Readonly<Record<string, string>>> {
      const all = cluster.nodes.map(
        async ({ name }) => [name, `${await rotationFiles(cluster, name)}${await etcHash(cluster, name)}`] as const,
      );
      return Object.fromEntries(await Promise.all(all));
    }

    describe.each([
      ['a cluster', (): readonly string[] => []],
      ['a hosts file', (): readonly string[] => ['--hosts', cluster.hostsFile]],
    ] as const)('from finding to undo, with %s', (kind, targets) => {
      let operator: Operator;
      let before: Readonly<Record<string, string>>;
      let run = '';
      beforeAll(async () => {
        operator = operatorOf(cluster);
        before = await fingerprints();
      });
      afterAll(async () => {
        operator.leave();
        await Promise.all(cluster.nodes.map(({ name }) => cluster.root(name, 'rm -rf /var/lib/nodemend')));
      });

      test('doctor finds nothing missing', async () => {
        const { exitCode, stdout, stderr } = await operator.nodemend('doctor', ...targets());
        expect(stderr).toBe('');
        expect(stdout).toMatch(
          new RegExp(
            `${cluster.nodes.find(({ name }) => name === bare)?.user} can use sudo without a ` +
              'password[^]*missing[^]*nodemend diagnose',
          ),
        );
        if (kind === 'a cluster') expect(stdout).toContain('nodemend-change: nothing is missing');
        else expect(stdout).toContain('no API server is used');
        expect(exitCode, stdout).toBe(0);
      });

      test('diagnose names the two broken nodes, each with its cause, and no other', async () => {
        const { exitCode, stdout } = await operator.nodemend('diagnose', ...targets());
        expect(exitCode, stdout).toBe(3);
        expect(stdout).toContain(`${cluster.nodes.length} nodes: 2 failing, ${cluster.nodes.length - 2} passing.`);
        expect(stdout).toMatch(new RegExp(`No logrotate rule covers[^]*?${bare}`));
        expect(stdout).toContain(unsafe);
        expect(stdout).not.toContain(healthy);
        expect(stdout).toContain('nodemend plan container-logs');
      });

      test('plan is the same to its hash when made twice, and changes nothing', async () => {
        const plans = [];
        for (const file of ['first.json', 'second.json']) {
          const { exitCode, stdout } = await operator.nodemend('plan', 'container-logs', '--out', file, ...targets());
          expect(exitCode, stdout).toBe(0);
          expect(stdout).toContain('2 changes on 2 nodes. Nothing is restarted or rebooted.');
          expect(stdout).toContain('+/var/lib/docker/containers/*/*-json.log {');
          expect(stdout).toContain('-owner 1000:1000 mode 0666');
          plans.push(
            JSON.parse(readFileSync(join(operator.folder, file), 'utf8')) as {
              hash: string;
              madeAt: string;
              nodes: { name: string }[];
            },
          );
        }
        const [first, second] = plans;
        // A signature holds when it was made.
        const unsigned = { madeAt: '', signature: '' };
        expect({ ...first, ...unsigned }).toEqual({ ...second, ...unsigned });
        expect(first?.hash).toMatch(/^[0-9a-f]{64}$/);
        expect(first?.nodes.map(({ name }) => name)).toEqual([bare, unsafe]);
        expect(await fingerprints()).toEqual(before);
        expect(operator.runs()).toEqual([]);
      });

      test('without approval nothing is changed: refused', async () => {
        const { exitCode, stderr } = await operator.nodemend('apply', 'first.json', ...targets());
        expect(exitCode).toBe(8);
        expect(stderr).toMatch(/APPROVAL_MISSING/);
        expect(await fingerprints()).toEqual(before);
      });

      test('apply changes the canary first and only the broken nodes', async () => {
        const command = operator.start('apply', './first.json', '--yes', '--soak', '1', ...targets());
        run = await operator.journalled([], (entry) => entry.entry === 'after' && entry.step === 'commit');
        if (kind === 'a cluster') expect(await api.get(`${leases}/nodemend-run`, holder)).toBe(run);
        const { exitCode, stdout, stderr } = await command.ended;
        expect(exitCode, `${stdout}${stderr}`).toBe(0);
        expect(stdout).toContain(`DONE  run ${run}, 2 of 2 nodes`);
        expect(stderr).toMatch(new RegExp(`Batch 1 of 2: ${bare} [^]*Batch 2 of 2: ${unsafe} `));

        const entries = operator.journal(run);
        const canaryEnded = entries.findIndex((entry) => entry.entry === 'node' && entry.outcome.node === bare);
        const nextBegan = entries.findIndex(
          (entry) => entry.entry === 'before' && entry.node === unsafe && entry.step === 'stage',
        );
        expect(canaryEnded).toBeGreaterThan(0);
        expect(nextBegan).toBeGreaterThan(canaryEnded);
        if (kind === 'a cluster') expect(await api.get(`${leases}/nodemend-run`, holder)).toBe('');

        const after = await fingerprints();
        const changed = Object.keys(after).filter((node) => after[node] !== before[node]);
        expect(changed).toEqual([bare, unsafe]);
        for (const node of [bare, unsafe]) {
          expect(await cluster.root(node, 'stat -c "%a %u:%g %h" "$1"', rule)).toBe('644 0:0 1\n');
          expect(await cluster.root(node, 'cat "$1"', rule)).toMatch(
            /^\/var\/lib\/docker\/containers\/\*\/\*-json\.log \{$/m,
          );
          expect(await cluster.root(node, 'find /etc -name "*~" -o -name "*nodemend*"')).toBe('');
          expect(await cluster.root(node, 'find /var/lib/nodemend -type d -perm /077')).toBe('');
          expect(await cluster.root(node, 'ls /var/lib/nodemend/runs')).toBe(`${run}\n`);
        }
        expect(await cluster.root(healthy, 'ls -d /var/lib/nodemend 2>/dev/null || echo none')).toBe('none\n');
      });

      test('then diagnose is clean, verify holds, and a second apply has nothing to do', async () => {
        expect(await operator.nodemend('diagnose', ...targets())).toMatchObject({
          exitCode: 0,
          stdout: expect.stringContaining(`All ${cluster.nodes.length} nodes are fine.`),
        });
        const { exitCode, stdout } = await operator.nodemend('verify', run, ...targets());
        expect(exitCode, stdout).toBe(0);
        expect(stdout).toContain(`HOLDS  ${rule} on ${foldNodes([bare, unsafe])}\n`);
        expect(stdout).toContain('a scratch log was rotated when due');
        const again = await operator.nodemend('apply', 'container-logs', '--yes', ...targets());
        expect(again.exitCode, again.stdout).toBe(0);
        expect(operator.runs()).toEqual([run]);
      });

      test('undo leaves every node as it was, to the byte, owner and mode', async () => {
        const { exitCode, stdout } = await operator.nodemend('undo', run, '--yes', ...targets());
        expect(exitCode, stdout).toBe(0);
        expect(await fingerprints()).toEqual(before);
        expect(await cluster.root(unsafe, 'stat -c "%a %u:%g" "$1"', rule)).toBe('666 1000:1000\n');
        expect(await cluster.root(bare, 'ls "$1" 2>&1 || true', rule)).toMatch(/No such file/);
        expect((await operator.nodemend('diagnose', ...targets())).exitCode).toBe(3);
      });

      test('history lists it, from the journal here and from the nodes', async () => {
        expect(await operator.nodemend('history')).toMatchObject({
          exitCode: 0,
          stdout: expect.stringMatching(new RegExp(`^${run} +undo +undone +2 +\\S+@\\S+$`, 'm')),
        });
        const elsewhere = operatorOf(cluster);
        const { exitCode, stdout } = await elsewhere.nodemend('history', '--from-nodes', ...targets());
        elsewhere.leave();
        expect(exitCode, stdout).toBe(0);
        expect(stdout).toMatch(new RegExp(`^${run} .*undone +2 +\\S+@\\S+$`, 'm'));
      });
    });

    test('a lease that somebody else holds and renews: refused, nothing changed', async () => {
      const operator = operatorOf(cluster);
      const before = await fingerprints();
      const now = new Date().toISOString().replace('Z', '000Z');
      const current = await api.get(`${leases}/nodemend-run`, (raw) => raw);
      const spec = {
        ...(current['spec'] as JsonObject),
        holderIdentity: '20260101-0000-container-logs-beef',
        leaseDurationSeconds: 900,
        acquireTime: now,
        renewTime: now,
      };
      const held = await api.replace(`${leases}/nodemend-run`, { ...current, spec }, (raw) => raw);
      try {
        const { exitCode, stderr } = await operator.nodemend('apply', 'container-logs', '--yes');
        expect(exitCode, stderr).toBe(8);
        expect(stderr).toContain('LEASE_HELD');
        expect(stderr).toContain('20260101-0000-container-logs-beef');
        expect(await fingerprints()).toEqual(before);
      } finally {
        await api.replace(
          `${leases}/nodemend-run`,
          { ...held, spec: { ...spec, holderIdentity: '' } },
          () => undefined,
        );
        operator.leave();
      }
    });

    test('the machine that the suite ran on is as it was: /etc and /proc/sys', async () => {
      await cluster.down();
      expect(machineChanges(machine, ownSettings(captureMachine()))).toEqual([]);
    });
  });
}
