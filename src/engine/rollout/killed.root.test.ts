import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleDriver } from '../../../test/chroot/bundle-driver.ts';
import type { KillOrder } from '../../../test/chroot/kill-driver.ts';
import { planFor, RolloutFixture, ruleFor } from '../../../test/chroot/rollout-fixture.ts';
import { isNodemendError } from '../../errors/nodemend-error.ts';
import { listNodeRuns } from '../history.ts';
import type { Plan } from '../plan.ts';
import { planText } from '../read-plan.ts';
import { resumeRun } from '../resume.ts';
import type { RunResult } from '../run.ts';
import { undoRun } from '../undo.ts';
import { applyPlan } from './apply-plan.ts';

const two = ['worker-1', 'worker-2'];
const allNew = ['worker-1 new second', 'worker-2 new'];
const allOld = ['worker-1 old', 'worker-2 old'];

let folder: string;
let driver: string;
/** Two of everything, so that both cores of a small machine are at work. */
let fixtures: readonly RolloutFixture[];
let plan: Plan;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'nodemend-kill-'));
  driver = await bundleDriver(folder);
  fixtures = [new RolloutFixture(two), new RolloutFixture(two)];
  // The first node has two actions, so that a run also dies between the actions of one node.
  plan = planFor(firstFixture().nodes, {
    actions: (node) =>
      node.name === 'worker-1'
        ? [ruleFor(node), ruleFor(node, { path: '/etc/logrotate.d/second', from: 'absent' })]
        : [ruleFor(node)],
  });
});
afterAll(() => {
  for (const fixture of fixtures) fixture.remove();
  rmSync(folder, { recursive: true });
});

function firstFixture(): RolloutFixture {
  return fixtures[0]!;
}

/** Tries every point, each on a fixture of its own. */
async function atEach(
  kills: readonly Kill[],
  attempt: (fixture: RolloutFixture, kill: Kill) => Promise<void>,
): Promise<void> {
  const queue = kills.values();
  await Promise.all(
    fixtures.map(async (fixture) => {
      for (const kill of queue) await attempt(fixture, kill);
    }),
  );
}

type Kill = Pick<KillOrder, 'line' | 'when'>;

interface Ended {
  readonly killed: boolean;
  readonly lines: number;
}

function drive(fixture: RolloutFixture, order: Omit<KillOrder, 'plan' | 'nodes'>): Promise<Ended> {
  // A quarter of what each of them takes would be compiling it once more.
  const env = { ...process.env, NODE_COMPILE_CACHE: folder };
  const child = spawn(process.execPath, [driver], { stdio: ['pipe', 'pipe', 'inherit'], env });
  const nodes = fixture.nodes.map(({ name, root }) => ({ name, root }));
  child.stdin.end(JSON.stringify({ ...order, plan: planText(plan), nodes } satisfies KillOrder));
  let printed = '';
  child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.on('close', (code, signal) => {
      const ended = { killed: signal === 'SIGKILL', lines: Number(printed) };
      if (code === 0 || signal === 'SIGKILL') resolve(quiet(fixture).then(() => ended));
      else reject(new Error(`the driver ended with ${code ?? signal}`));
    });
  });
}

/**
 * A script outlives, by milliseconds, the process that sent it. Whoever comes then has to wait for its turn or finds
 * that the script refuses to go on; here it is waited for, so that what is asked next has one answer.
 */
async function quiet(fixture: RolloutFixture): Promise<void> {
  const roots = new Set(fixture.nodes.map(({ root }) => root));
  const isAtWork = (pid: string): boolean => {
    try {
      return roots.has(readlinkSync(`/proc/${pid}/root`));
    } catch {
      return false; // it has ended meanwhile
    }
  };
  while (readdirSync('/proc').some((name) => /^\d+$/u.test(name) && isAtWork(name)))
    await new Promise((resolve) => setTimeout(resolve, 5));
}

async function linesOf(
  fixture: RolloutFixture,
  order: Omit<KillOrder, 'plan' | 'nodes' | 'line' | 'when'>,
): Promise<number> {
  const { killed, lines } = await drive(fixture, { ...order, line: 0, when: 'before' });
  expect(killed).toBe(false);
  return lines;
}

function points(lines: number): readonly Kill[] {
  return Array.from({ length: lines }, (_, index) => [
    { line: index + 1, when: 'before' as const },
    { line: index + 1, when: 'after' as const },
  ]).flat();
}

/**
 * Nothing happens between the end of a step and the beginning of the next, so for these one side of a line is enough.
 */
function isBetween({ when }: Kill): boolean {
  return when === 'before';
}

/** The run's id as the machine that started it knows it. */
function runIn(stateFolder: string): string {
  const names = readdirSync(stateFolder).filter((name) => name.endsWith('.jsonl'));
  return names[0]?.slice(0, -'.jsonl'.length) ?? '';
}

/** Every moment: no file is half written, and beside it lies nothing but the ignored temporary one. */
function expectWhole(fixture: RolloutFixture, run: string): void {
  for (const line of fixture.state())
    expect(line.replace(' locked', '').replaceAll(new RegExp(` (docker|second)\\.nodemend-${run}~`, 'gu'), '')).toMatch(
      /^worker-\d (old|new)( second)?$/u,
    );
}

async function resultOf(work: Promise<RunResult>): Promise<string> {
  try {
    return (await work).verdict;
  } catch (error) {
    if (isNodemendError(error)) return error.code;
    throw error;
  }
}

function fresh(fixture: RolloutFixture): string {
  fixture.reset();
  return fixture.newFolder();
}

async function killApply(
  fixture: RolloutFixture,
  kill: Kill,
): Promise<{ readonly run: string; readonly stateFolder: string }> {
  const stateFolder = fresh(fixture);
  expect(await drive(fixture, { operation: 'apply', stateFolder, ...kill })).toMatchObject({ killed: true });
  const run = runIn(stateFolder);
  expectWhole(fixture, run);
  return { run, stateFolder };
}

async function applyLines(fixture: RolloutFixture): Promise<number> {
  return linesOf(fixture, { operation: 'apply', stateFolder: fresh(fixture) });
}

interface Killed {
  readonly kill: Kill;
  readonly run: string;
  readonly stateFolder: string;
}

async function undoneElsewhere(fixture: RolloutFixture, { kill, run }: Killed): Promise<void> {
  const seen = await listNodeRuns({ ...fixture.dependencies(), concurrency: 2 });
  const known = new Set([...seen.locks.map((lock) => lock.run), ...seen.runs.map((one) => one.run)]);
  const verdict = await resultOf(
    undoRun({ ...fixture.dependencies({ journal: fixture.journal(fixture.newFolder()) }), run }),
  );
  expect([kill, verdict]).toEqual([kill, known.has(run) ? 'done' : 'RUN_UNKNOWN']);
  expect([kill, ...fixture.state()]).toEqual([kill, ...allOld]);
}

async function finishedElsewhere(fixture: RolloutFixture, { kill, run }: Killed): Promise<void> {
  const elsewhere = fixture.dependencies({ journal: fixture.journal(fixture.newFolder()) });
  const verdict = await resultOf(resumeRun({ ...elsewhere, run }));
  expect(['done', 'partly', 'refused', 'RUN_UNKNOWN']).toContain(verdict);
  expectWhole(fixture, run);
  for (const line of fixture.state()) expect(line).toMatch(/^worker-1 (old|new second|new)$|^worker-2 (old|new)$/u);
  // Done is done, action by action, and not only node by node.
  if (verdict === 'done') expect([kill, ...fixture.state()]).toEqual([kill, ...allNew]);
  if (verdict === 'RUN_UNKNOWN' || verdict === 'done') return;

  // On the very machine that could not know: it has the plan now.
  expect([kill, await resultOf(resumeRun({ ...elsewhere, run, plan: { plan, file: 'plan.json' } }))]).toEqual([
    kill,
    'done',
  ]);
  expect([kill, ...fixture.state()]).toEqual([kill, ...allNew]);
}

async function resumedHere(fixture: RolloutFixture, { kill, run, stateFolder }: Killed, lines: number): Promise<void> {
  const verdict = await resultOf(
    resumeRun({ ...fixture.dependencies({ journal: fixture.journal(stateFolder) }), run }),
  );
  expect([kill, verdict]).toEqual([kill, kill.line === lines && kill.when === 'after' ? 'RUN_ENDED' : 'done']);
  expect([kill, ...fixture.state()]).toEqual([kill, ...allNew]);
}

type Begun = Pick<Killed, 'run' | 'stateFolder'>;

/** Begins once on each fixture, and gives that again: the nodes as they were then, and a copy of the journal. */
function begunOnce(begin: (fixture: RolloutFixture) => Promise<Begun>): (fixture: RolloutFixture) => Promise<Begun> {
  const begun = new Map<RolloutFixture, Begun & { readonly putBack: () => void }>();
  return async (fixture) => {
    const known = begun.get(fixture) ?? { ...(await begin(fixture)), putBack: fixture.remember() };
    begun.set(fixture, known);
    known.putBack();
    const stateFolder = fixture.newFolder();
    cpSync(known.stateFolder, stateFolder, { recursive: true });
    return { run: known.run, stateFolder };
  };
}

describe('the engine is killed around every line of its journal', () => {
  it(
    'while applying: the same machine resumes; another one takes it back, or finishes what was begun, and all of it with the plan',
    { timeout: 600_000 },
    async () => {
      const lines = await applyLines(firstFixture());
      expect(firstFixture().state()).toEqual(allNew);
      expect(lines).toBe(36);
      // Of one death all that can come of it: to bring it about again is most of what each takes.
      await atEach(points(lines), async (fixture, kill) => {
        const killed = { kill, ...(await killApply(fixture, kill)) };
        const putBack = fixture.remember();
        await undoneElsewhere(fixture, killed);
        if (isBetween(kill)) {
          putBack();
          await finishedElsewhere(fixture, killed);
        }
        putBack();
        await resumedHere(fixture, killed, lines);
      });
    },
  );

  it(
    'while restoring a node that said no: resume ends what was begun, undo undoes the rest',
    { timeout: 600_000 },
    async () => {
      const reject = (fixture: RolloutFixture): void =>
        writeFileSync(fixture.node('worker-2').path('/tmp/reject-placed'), '');
      const stopped = ['worker-1 new second', 'worker-2 old'];
      const stateFolder = fresh(firstFixture());
      reject(firstFixture());
      const lines = await linesOf(firstFixture(), { operation: 'apply', stateFolder });
      expect(firstFixture().state()).toEqual(stopped);
      await atEach(
        points(lines).filter(({ line }) => line > 20),
        async (fixture, kill) => {
          const stateFolder = fresh(fixture);
          reject(fixture);
          expect(await drive(fixture, { operation: 'apply', stateFolder, ...kill })).toMatchObject({ killed: true });
          const run = runIn(stateFolder);
          expectWhole(fixture, run);
          const verdict = await resultOf(
            resumeRun({ ...fixture.dependencies({ journal: fixture.journal(stateFolder) }), run }),
          );
          expect([kill, verdict]).toEqual([
            kill,
            kill.line === lines && kill.when === 'after' ? 'RUN_ENDED' : 'partly',
          ]);
          expect([kill, ...fixture.state()]).toEqual([kill, ...stopped]);
          expect(
            await resultOf(
              undoRun({ ...fixture.dependencies({ journal: fixture.journal(fixture.newFolder()) }), run }),
            ),
          ).toBe('done');
          expect([kill, ...fixture.state()]).toEqual([kill, ...allOld]);
        },
      );
    },
  );

  it('while undoing: the same machine and another one finish it', { timeout: 600_000 }, async () => {
    const applied = begunOnce(async (fixture) => {
      const stateFolder = fresh(fixture);
      const { run } = await applyPlan({ ...fixture.dependencies({ journal: fixture.journal(stateFolder) }), plan });
      return { run, stateFolder };
    });
    const lines = await linesOf(firstFixture(), { operation: 'undo', ...(await applied(firstFixture())) });
    expect(firstFixture().state()).toEqual(allOld);
    await atEach(points(lines).filter(isBetween), async (fixture, kill) => {
      const { run, stateFolder } = await applied(fixture);
      expect(await drive(fixture, { operation: 'undo', run, stateFolder, ...kill })).toMatchObject({ killed: true });
      expectWhole(fixture, run);
      const again = kill.line % 2 === 0 ? stateFolder : fixture.newFolder();
      expect([
        kill,
        await resultOf(undoRun({ ...fixture.dependencies({ journal: fixture.journal(again) }), run })),
      ]).toEqual([kill, 'done']);
      expect([kill, ...fixture.state()]).toEqual([kill, ...allOld]);
    });
  });

  it('while resuming: a second resume finishes it', { timeout: 600_000 }, async () => {
    // The second node is staged, and the first one is done.
    const middle: Kill = { line: 25, when: 'before' };
    const begun = begunOnce((fixture) => killApply(fixture, middle));
    const lines = await linesOf(firstFixture(), { operation: 'resume', ...(await begun(firstFixture())) });
    expect(firstFixture().state()).toEqual(allNew);
    await atEach(points(lines).filter(isBetween), async (fixture, kill) => {
      const { run, stateFolder } = await begun(fixture);
      expect(await drive(fixture, { operation: 'resume', run, stateFolder, ...kill })).toMatchObject({ killed: true });
      expectWhole(fixture, run);
      const verdict = await resultOf(
        resumeRun({ ...fixture.dependencies({ journal: fixture.journal(stateFolder) }), run }),
      );
      expect([kill, verdict]).toEqual([kill, 'done']);
      expect([kill, ...fixture.state()]).toEqual([kill, ...allNew]);
    });
  });
});
