/**
 * Makes examples/sick-cluster.json: the real evidence of a practice cluster in which several things are wrong at once,
 * for people to look at without root or a cluster. Needs root and what `npm run setup` installs; its lab is taken down
 * again.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { daemonFromSources } from '../lab/daemon-command.ts';
import { labBreak } from '../lab/lab-break.ts';
import { labDown } from '../lab/lab-down.ts';
import { labUp } from '../lab/lab-up.ts';
import { runOnNodes } from '../lab/run-on-nodes.ts';
import { loadProblems } from '../src/problems/catalogue-entry.ts';
import { problemCatalogue } from '../src/problems/index.ts';

const root = join(import.meta.dirname, '..');
const stateDir = mkdtempSync(join(tmpdir(), 'nodemend-example-'));
const lab = { name: 'shop', stateDir: join(stateDir, 'shop') };

try {
  const status = await labUp({ ...lab, nodes: 12, daemon: daemonFromSources() });
  const docker = status.nodes.filter(({ runtime }) => runtime.startsWith('docker')).map(({ name }) => name);
  const containerd = status.nodes.filter(({ runtime }) => runtime.startsWith('containerd')).map(({ name }) => name);
  await inject('rule-missing', docker.slice(0, 3));
  await inject('rule-broken', docker.slice(3, 4));
  await inject('rule-ignored', docker.slice(4, 5));
  await inject('rule-fights-kubelet', containerd.slice(0, 1));
  // A node whose sshd does not answer is unknown, and must not be taken for fine.
  await runOnNodes({ ...lab, nodes: containerd.slice(-1), script: 'pkill -STOP -x sshd' });
  const result = spawnSync(
    'sh',
    [
      'scripts/with-node.sh',
      'src/cli/start.ts',
      'bundle',
      '--config',
      status.folder.configuration,
      '--connect-timeout',
      '3',
      '--out',
      'examples/sick-cluster.json',
    ],
    { cwd: root, stdio: 'inherit' },
  );
  // Bundles are for their owner only; this one is for everybody.
  chmodSync(join(root, 'examples', 'sick-cluster.json'), 0o644);
  if (result.status !== 5) throw new Error(`bundle ended with ${result.status}, not with 5 (one node is unknown)`);
} finally {
  await labDown(lab);
  rmSync(stateDir, { recursive: true, force: true });
}

async function inject(name: string, nodes: readonly string[]): Promise<void> {
  const problems = await loadProblems(problemCatalogue);
  const script = problems.find(({ meta }) => meta.faults.includes(name))?.faultScript ?? '';
  await labBreak({ ...lab, nodes, fault: { name, script } });
}
