import { spawnSync } from 'node:child_process';
import { copyFileSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { plantedSecrets } from '../../../lab/node/planted-secrets.ts';
import { operatorOf, type CommandResult, type Operator } from '../operator.ts';
import type { OpenCluster, TestCluster } from '../test-cluster.ts';

/** One for each place that nodemend reads, rewrites, backs up or could read by mistake. */
const planted = {
  ...plantedSecrets,
  daemonLogOption: 'planted-splunk-token-31d0',
  logOption: 'planted-container-splunk-7be2',
  ruleComment: 'planted-rule-comment-90ab',
  ruleScript: 'planted-rule-script-44f1',
  otherRule: 'planted-other-rule-c3d8',
  mailUrl: 'planted-mail-url-1f6e',
  nodeEnvironment: 'planted-node-environment-ee52',
  clientEnvironment: 'planted-client-environment-62aa',
  clientProxy: 'planted-client-proxy-0d3b',
} as const;

/** Arguments are the values of `planted`, in order. */
const plant = `
  set -eu
  shift 2
  sed -i "1s|{|{ \\"log-opts\\": { \\"splunk-token\\": \\"$1\\" },|" /etc/docker/daemon.json
  for file in /var/lib/docker/containers/*/hostconfig.json; do
    sed -i "s|\\"Config\\":{}|\\"Config\\":{\\"splunk-token\\":\\"$2\\"}|" "$file"
  done
  printf '# password: %s\\n' "$3" >>/etc/logrotate.d/docker
  cat >/etc/logrotate.d/app <<RULE
/var/log/app/*.log {
    missingok
    daily
    mail http://ops:$6@mail.internal/in
    postrotate
        curl -s -H "Authorization: Bearer $4" https://hooks.internal/rotated
    endscript
}
RULE
  printf '/var/log/other.log {\\n    missingok\\n    # token=%s\\n}\\n' "$5" >/etc/logrotate.d/other
  printf 'API_TOKEN=%s\\n' "$7" >>/etc/environment
`;

/** Whatever the operator's machine holds of it: journals, plans, bundles. */
function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

export function describeSecrets(create: OpenCluster): void {
  describe('secrets', () => {
    let cluster: TestCluster;
    let operator: Operator;
    let node = '';
    const shown: CommandResult[] = [];
    const commandLines = new Set<string>();

    beforeAll(async () => {
      cluster = await create();
      operator = operatorOf(cluster, {
        DB_PASSWORD: planted.clientEnvironment,
        HTTPS_PROXY: `http://user:${planted.clientProxy}@192.0.2.1:3128`,
        NO_PROXY: '127.0.0.0/8',
      });
      node = cluster.nodes.find(({ runtime }) => runtime === 'docker')?.name ?? '';
      await cluster.breakNodes('container-logs', 'rule-does-not-cover', [node]);
      await cluster.root(node, plant, ...Object.values(planted));
    });
    afterAll(async () => {
      operator?.leave();
      await cluster?.down();
    });

    /** Every command line of the machine, those inside the nodes too: their processes are this machine's. */
    function sampleCommandLines(): void {
      for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
        try {
          commandLines.add(readFileSync(`/proc/${pid}/cmdline`, 'utf8'));
        } catch {
          // It has ended.
        }
      }
    }

    async function watched(...args: readonly string[]): Promise<CommandResult> {
      const sampling = setInterval(sampleCommandLines, 20);
      try {
        const result = await operator.nodemend(...args);
        shown.push(result);
        return result;
      } finally {
        clearInterval(sampling);
      }
    }

    test('no secret that lies on nodes, in the kubeconfig or in the environment is written or shown anywhere', async () => {
      for (const words of [
        ['doctor'],
        ['diagnose'],
        ['diagnose', '-o', 'wide'],
        ['diagnose', '-o', 'json', '--out', 'findings.json'],
        ['diagnose', '--context', cluster.contexts.read],
        ['bundle', '--out', 'bundle.json'],
      ]) {
        expect((await watched(...words)).exitCode, words.join(' ')).toBeLessThan(5);
      }
      // A plan holds what a file was: one with a secret in it is left to a person.
      const left = await watched('apply', 'container-logs', '--yes');
      expect(left.exitCode, left.stderr).toBe(6);
      expect(left.stdout).toContain('LEFT ALONE');
      await cluster.root(node, 'sed -i "/^# password/d" /etc/logrotate.d/docker');
      const planned = await watched('plan', 'container-logs', '--out', 'plan.json');
      expect(planned.exitCode, planned.stderr).toBe(0);
      expect(planned.stdout).toMatch(/1 change on 1 node/);
      const applied = await watched('apply', './plan.json', '--yes', '--soak', '0', '--verbose');
      expect(applied.exitCode, `${applied.stdout}${applied.stderr}`).toBe(0);
      const [run = ''] = operator.runs();
      expect((await watched('verify', run)).exitCode).toBe(0);
      // An edit that an undo has to refuse, and to show.
      const [changed = ''] = (
        JSON.parse(readFileSync(join(operator.folder, 'plan.json'), 'utf8')) as { actions: { path: string }[] }
      ).actions.map(({ path }) => path);
      await cluster.root(node, 'printf "# password: %s\\n" "$2" >>"$1"', changed, planted.ruleComment);
      const refused = await watched('undo', run, '--yes');
      expect(refused.exitCode).toBe(8);
      expect(refused.stdout).toMatch(/^ *\+# password: /m);
      await watched('history', '--from-nodes', '-o', 'json');

      const kubeconfig = readFileSync(cluster.kubeconfig, 'utf8');
      const credentials = {
        clientKey: /client-key-data: (\S{40})/.exec(kubeconfig)?.[1] ?? '',
        token: /token: (\S+)/.exec(kubeconfig)?.[1] ?? '',
        sshKey: readFileSync(cluster.credentials.sshKey, 'utf8').split('\n')[2] ?? '',
      };
      const records = await cluster.root(node, 'find /var/lib/nodemend -type f ! -name before -exec cat {} +');
      expect(records).toContain(run);
      const places: Readonly<Record<string, string>> = {
        terminal: shown.map(({ stdout, stderr }) => stdout + stderr).join('\n'),
        'command lines': [...commandLines].join('\n'),
        'node records': records,
        ...Object.fromEntries(
          filesBelow(operator.folder)
            .filter((path) => !path.includes('/labs/'))
            .map((path) => [path, readFileSync(path, 'utf8')]),
        ),
      };
      expect(
        Object.keys(places).filter((place) => /jsonl$|plan\.json$|bundle\.json$|findings\.json$/.test(place)),
      ).toHaveLength(5);
      expect(places['command lines']).toContain('dist/main.js\0diagnose\0');
      for (const [what, secret] of Object.entries({ ...planted, ...credentials })) {
        expect(secret.length, what).toBeGreaterThan(15);
        for (const [place, text] of Object.entries(places))
          expect(text.includes(secret), `${what} is in ${place}`).toBe(false);
      }
    });

    test('what is backed up for the undo is whole, and root’s alone', async () => {
      const modes = await cluster.root(node, 'find /var/lib/nodemend -type d -exec stat -c "%a %u:%g" {} + | sort -u');
      expect(modes).toBe('700 0:0\n');
    });

    test('the passphrase of a key is asked for on the terminal and shown nowhere', async () => {
      const passphrase = 'planted-passphrase-b7c4';
      const key = join(operator.folder, 'encrypted');
      copyFileSync(cluster.credentials.sshKey, key);
      expect(spawnSync('ssh-keygen', ['-q', '-p', '-P', '', '-N', passphrase, '-f', key]).status).toBe(0);
      const terminal = operator.onTerminal('diagnose', '--identity', key);
      const sampling = setInterval(sampleCommandLines, 20);
      try {
        await expect.poll(terminal.screen, { timeout: 30_000 }).toContain(key);
        await sleep(500);
        terminal.type(`${passphrase}\r`);
        expect((await terminal.ended).exitCode, terminal.screen()).toBeOneOf([0, 3]);
      } finally {
        clearInterval(sampling);
        terminal.child.kill();
      }
      const count = cluster.nodes.length;
      expect(terminal.screen()).toMatch(
        new RegExp(`All ${count} nodes are fine|${count} nodes: 1 failing, ${count - 1} passing`),
      );
      expect(terminal.screen()).not.toContain(passphrase);
      expect([...commandLines].join('\n')).not.toContain(passphrase);
    });
  });
}
