import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { NodemendError } from '../src/errors/nodemend-error.ts';
import { daemonFromSources } from './daemon-command.ts';
import { labDown } from './lab-down.ts';
import { labProcesses } from './lab-processes.ts';
import { labStatus } from './lab-status.ts';
import { labUp } from './lab-up.ts';
import { isAlive, type ProcessId } from './processes.ts';
import { stateFolder, type StateFolder } from './state-folder.ts';
import { processTree } from './testing/process-tree.ts';

let parent: string;
let folder: StateFolder;
const name = 'killed';
const nodes = 3;

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'nodemend-life-'));
  folder = stateFolder(join(parent, 'lab'));
});
afterEach(async () => {
  await labDown({ name, stateDir: folder.path });
  rmSync(parent, { recursive: true, force: true });
});

interface Driver {
  readonly child: ChildProcess;
  /** Until it has said a line, or has ended. */
  readonly hasSaid: (line: string) => Promise<boolean>;
}

function startDriver(count = nodes): Driver {
  const { program, args } = daemonFromSources();
  const child = spawn(
    program,
    [...args.slice(0, -1), join(import.meta.dirname, 'testing', 'up-driver.ts'), folder.path, String(count)],
    { stdio: ['ignore', 'pipe', 'ignore'] },
  );
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
  return {
    child,
    hasSaid: async (line) => {
      while (!said.split('\n').includes(line)) {
        if (child.exitCode !== null || child.signalCode !== null) return false;
        await sleep(5);
      }
      return true;
    },
  };
}

async function killed({ child }: Driver): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

/** What is left of a lab must be nothing: no process of all that were seen, no mount, no folder, no listener. */
function expectNothingLeft(seen: readonly ProcessId[]): void {
  expect(seen.filter(isAlive)).toEqual([]);
  expect(existsSync(folder.path)).toBe(false);
  expect(readFileSync('/proc/self/mountinfo', 'utf8')).not.toContain(folder.path);
}

const moments = ['layer 0', 'nodes 0', 'nodes 1', `nodes ${nodes}`, 'ready'];
const victims = ['command', 'unshare', 'daemon'] as const;

/** Numbers in the machine's PID namespace; the daemon is the only child of unshare. */
function victimPid(driver: ChildProcess, victim: (typeof victims)[number]): number {
  const own = processTree(driver.pid ?? 0).map(({ pid }) => pid);
  const [unshare = 0] = labProcesses(folder)
    .map(({ pid }) => pid)
    .filter((pid) => own.includes(pid) && commandOf(pid).startsWith('unshare'));
  if (victim === 'command') return driver.pid ?? 0;
  if (victim === 'unshare') return unshare;
  return (
    processTree(unshare)
      .map(({ pid }) => pid)
      .find((pid) => pid !== unshare && commandOf(pid).includes('daemon.ts')) ?? 0
  );
}

function commandOf(pid: number): string {
  return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
}

describe.each(victims)('SIGKILL of the %s', (victim) => {
  test.each(moments)('at "%s": down leaves nothing', async (moment) => {
    const driver = startDriver();
    expect(await driver.hasSaid(moment)).toBe(true);
    const seen = processTree(driver.child.pid ?? 0);
    const target = victimPid(driver.child, victim);
    expect(target).toBeGreaterThan(0);
    process.kill(target, 'SIGKILL');
    // A command that lives on takes down by itself what it had begun; `down` comes in between.
    const down = await labDown({ name, stateDir: folder.path });
    expect(down.wasThere || victim !== 'command').toBe(true);
    await killed(driver);
    expectNothingLeft(seen);
  });
});

test('SIGKILL of the command at any moment: the rest ends by itself, down removes the folder', async () => {
  for (const delay of [0, 20, 60, 100, 150, 220, 300, 400, 520]) {
    const driver = startDriver();
    // Node needs a while to start at all; from the first trace on the clock runs.
    while (!existsSync(folder.path)) await sleep(2);
    await sleep(delay);
    const seen = processTree(driver.child.pid ?? 0);
    await killed(driver);
    await labDown({ name, stateDir: folder.path });
    expectNothingLeft(seen);
  }
});

test('a command that is killed leaves no running lab, even when nobody calls down', async () => {
  // Far from done at its first node: a lab that is up stays when its command ends.
  const driver = startDriver(12);
  expect(await driver.hasSaid('nodes 1')).toBe(true);
  const seen = processTree(driver.child.pid ?? 0);
  driver.child.kill('SIGKILL');
  await expect.poll(() => seen.filter(isAlive), { timeout: 20_000, interval: 20 }).toEqual([]);
  await expect(labStatus({ name, stateDir: folder.path })).rejects.toMatchObject({ code: 'LAB_NOT_UP' });
});

test('aborting ends what was begun and throws the reason', async () => {
  const reason = new Error('Ctrl-C');
  const abort = new AbortController();
  const onProgress = (): void => abort.abort(reason);
  await expect(
    labUp({ name, stateDir: folder.path, nodes, daemon: daemonFromSources(), onProgress, signal: abort.signal }),
  ).rejects.toBe(reason);
  expect(existsSync(folder.path)).toBe(false);
});

test('a daemon that cannot start is an error with its last words, and leaves nothing', async () => {
  const failing = { program: 'sh', args: ['-c', 'echo "cannot do it"; exit 3'] };
  await expect(labUp({ name, stateDir: folder.path, nodes, daemon: failing })).rejects.toMatchObject({
    code: 'LAB_START_FAILED',
    params: { detail: 'cannot do it' },
  });
  expect(existsSync(folder.path)).toBe(false);
});

test('a step that fails in the daemon is that error for the command', async () => {
  const { program, args } = daemonFromSources();
  // In the daemon's own mount namespace `ip` is a program that fails.
  const withoutNetwork = 'mount --bind /bin/false "$(command -v ip)"; exec "$@"';
  const daemon = { program: 'sh', args: ['-c', withoutNetwork, 'sh', program, ...args] };
  const up = labUp({ name, stateDir: folder.path, nodes, daemon });
  await expect(up).rejects.toMatchObject({
    code: 'LAB_STEP_FAILED',
    params: { step: 'network', detail: 'exit code 1' },
  });
  expect(existsSync(folder.path)).toBe(false);
});

test('up twice is refused while the first is up, and clears away a dead one', async () => {
  const choice = { name, stateDir: folder.path, nodes: 2, daemon: daemonFromSources() };
  await labUp(choice);
  await expect(labUp(choice)).rejects.toMatchObject({ code: 'LAB_ALREADY_UP', params: { name } });
  expect((await labStatus(choice)).nodes.every(({ running }) => running)).toBe(true);
  for (const { pid } of labProcesses(folder)) process.kill(pid, 'SIGKILL');
  await expect.poll(() => labProcesses(folder), { timeout: 20_000 }).toEqual([]);
  expect((await labUp(choice)).nodes).toHaveLength(2);
});

test('down says when processes take too long to end, and the next one finishes it', async () => {
  const choice = { name, stateDir: folder.path };
  await labUp({ ...choice, nodes: 2, daemon: daemonFromSources() });
  const running = labProcesses(folder).map(({ pid }) => String(pid));
  const failure = await labDown({ ...choice, patienceMs: 0 }).catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: 'LAB_DOWN_INCOMPLETE' });
  // Some may have made it in no time.
  for (const pid of String((failure as NodemendError).params['pids']).split(', ')) expect(running).toContain(pid);
  expect(existsSync(folder.path)).toBe(true);
  expect(await labDown(choice)).toEqual({ wasThere: true });
  expect(existsSync(folder.path)).toBe(false);
});

test('down is done once; a folder without a lab, or half written, is removed', async () => {
  expect(await labDown({ name, stateDir: folder.path })).toEqual({ wasThere: false });
  for (const content of ['', '{"pid":', '{"pid": 1, "startTime": "0"}']) {
    const left = stateFolder(mkdtempSync(join(parent, 'half-')));
    writeFileSync(left.daemon, content);
    expect(await labDown({ name, stateDir: left.path })).toEqual({ wasThere: true });
    expect(existsSync(left.path)).toBe(false);
  }
});
