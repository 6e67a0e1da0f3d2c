import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { composeProbe } from '../../src/evidence/probe/compose.ts';
import { containerLogs } from '../../src/problems/container-logs/problem.ts';
import fixtureScript from '../../src/problems/container-logs/testing/fixture.sh?raw';
import { problems } from '../../src/problems/testing/all-problems.ts';
import { createPrivateRoot, type PrivateRoot } from '../../test/private-root.ts';
import { makeSshKey } from '../../test/ssh-keys.ts';
import { startSshd } from '../../test/sshd.ts';
import { startTcpRelay } from '../../test/tcp-relay.ts';
import { cpuMsIn } from '../process-usage.ts';
import { budgetSeconds } from './budget.ts';

/** Nodes that answer by SSH, and what logs in to them. */
export interface SshNodes {
  readonly addresses: readonly string[];
  readonly port: number;
  readonly user: string;
  readonly identityFile: string;
  readonly knownHostsFile: string;
  /** The probe of the whole catalogue, as nodemend composes it. */
  readonly scriptFile: string;
}

export interface Fixture {
  readonly root: PrivateRoot;
  /**
   * As many nodes as were asked for, 20 ms away: a relay in its own process holds every byte back for 10 ms each way.
   */
  readonly nodes: SshNodes;
  /** Processor time that sshd and everything under it has used, milliseconds, once all sessions have ended. */
  readonly nodesCpuMs: () => Promise<number>;
  readonly close: () => Promise<void>;
}

const delayMs = 10;
const settledWithinMs = 120_000;

/**
 * One real sshd in a root of its own plays all nodes, each under an address of its own. The root looks like a Docker
 * node with the guide's trouble; dockerd, containerd and kubelet are fakes there that only sleep.
 */
export async function setFixture(count: number): Promise<Fixture> {
  const root = await createPrivateRoot();
  try {
    root.run(fixtureScript, 'fail-rule-missing', containerLogs.faultScript);
    // The fixture writes the accounts of a node; sshd gives up its rights to one of its own.
    root.run("echo 'sshd:x:100:65534::/run/sshd:/usr/sbin/nologin' >>/etc/passwd; mkdir -p /run/sshd");
    const { shared } = root;
    const key = makeSshKey(shared, 'id');
    const sshd = await startSshd(root, { config: ['MaxStartups 1000:30:1000'] });
    sshd.authorize('root', key);
    const relay = await startTcpRelay({ serverPort: sshd.port, addresses: count, delayMs });
    const knownHostsFile = join(shared, 'known_hosts');
    writeFileSync(knownHostsFile, `[127.9.*]:${relay.port} ${sshd.hostKeys[0]?.publicLine}\n`);
    const scriptFile = join(shared, 'probe.sh');
    writeFileSync(scriptFile, composeProbe(problems.flatMap(({ facts }) => facts)).script);
    return {
      root,
      nodes: {
        addresses: relay.addresses,
        port: relay.port,
        user: 'root',
        identityFile: key.path,
        knownHostsFile,
        scriptFile,
      },
      nodesCpuMs: () => settledCpuMs(root, join(sshd.folder, 'sshd.pid')),
      close: async () => {
        await relay.close();
        await sshd.close();
        await root.close();
      },
    };
  } catch (error) {
    await root.close();
    throw error;
  }
}

async function settledCpuMs(root: PrivateRoot, pidFile: string): Promise<number> {
  // A session's processes are counted when sshd has waited for them.
  const deadline = performance.now() + settledWithinMs;
  while (root.run('pgrep -P "$(cat "$1")" || :', pidFile) !== '') {
    if (performance.now() > deadline)
      throw new Error(`sessions of sshd are still open after ${settledWithinMs / 1000} s`);
    await sleep(50);
  }
  return cpuMsIn(root.run('cat "/proc/$(cat "$1")/stat"', pidFile));
}

/**
 * Processor time of the probe on the node itself, milliseconds: what the kernel says that the processes of `rounds`
 * probes used, one after the other, with the shell and everything it starts.
 */
export async function probeCpuMs(root: PrivateRoot, scriptFile: string, rounds: number): Promise<number> {
  const script = readFileSync(scriptFile, 'utf8');
  // `times` in a shell that waited for all of them: its children's user and system time, as `0m1.230000s 0m0.450000s`.
  const counted = root.run(
    'for round in $(seq "$1"); do sh -c "$2" sh 0123456789abcdef0123456789abcdef "$3" >/dev/null 2>&1; done; times',
    String(rounds),
    script,
    String(budgetSeconds),
  );
  const [user = Number.NaN, system = Number.NaN] = [
    ...(counted.trim().split('\n')[1] ?? '').matchAll(/(\d+)m([\d.]+)s/gu),
  ].map(([, minutes, seconds]) => Number(minutes) * 60_000 + Number(seconds) * 1000);
  return (user + system) / rounds;
}
