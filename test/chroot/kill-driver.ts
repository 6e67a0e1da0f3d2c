import { readFileSync } from 'node:fs';
import { journalStore, type JournalStore } from '../../src/engine/journal/journal-store.ts';
import { readPlan } from '../../src/engine/read-plan.ts';
import { resumeRun } from '../../src/engine/resume.ts';
import { applyPlan } from '../../src/engine/rollout/apply-plan.ts';
import { defaultRunOptions } from '../../src/engine/run.ts';
import { undoRun } from '../../src/engine/undo.ts';
import { connectToRoot } from './connect-to-root.ts';
import { hurried } from './service-fixture.ts';
import { testProblem } from './test-problem.ts';

/** What the test asks of a process that will be killed. */
export interface KillOrder {
  readonly operation: 'apply' | 'resume' | 'undo';
  readonly run?: string;
  /** Text of the plan file. */
  readonly plan: string;
  readonly stateFolder: string;
  readonly nodes: readonly { readonly name: string; readonly root: string }[];
  /** The journal's line, from 1, around which the process dies; 0: it lives, and prints how many lines there were. */
  readonly line: number;
  readonly when: 'before' | 'after';
  /** Whether what restarts a service may, and its clock is hurried. */
  readonly restarts?: boolean;
}

/**
 * A process of its own that runs the engine and kills itself, as kill -9 would, right before or right after the engine
 * wrote a given line of its journal. The journal frames every step, so these are all the moments between two steps.
 */
async function main(order: KillOrder): Promise<void> {
  let lines = 0;
  const store = journalStore(order.stateFolder);
  const journal: JournalStore = {
    ...store,
    open: async (run, session) => {
      const real = await store.open(run, session);
      return {
        ...real,
        write: async (note) => {
          lines += 1;
          const mine = lines === order.line;
          if (mine && order.when === 'before') await die();
          await real.write(note);
          if (mine && order.when === 'after') await die();
        },
      };
    },
  };
  const roots = new Map(order.nodes.map(({ name, root }) => [name, root]));
  const dependencies = {
    transport: {
      kind: 'local' as const,
      connect: async ({ name }: { readonly name: string }) => connectToRoot(name, roots.get(name) ?? '/nonexistent'),
      close: async () => {},
    },
    targets: order.nodes.map(({ name }) => ({ name, address: '127.0.0.1', port: 22, user: 'root', identityFiles: [] })),
    journal,
    problems: [testProblem],
    onEvent: () => {},
    signal: new AbortController().signal,
    ...(order.restarts ? { timing: hurried } : {}),
    options: {
      ...defaultRunOptions,
      soakSeconds: 0,
      owner: 'kim@laptop',
      allow: order.restarts ? (['restart'] as const) : [],
    },
  };
  const run = order.run ?? '';
  if (order.operation === 'apply') await applyPlan({ ...dependencies, plan: readPlan(order.plan, 'plan') });
  else if (order.operation === 'resume') await resumeRun({ ...dependencies, run });
  else await undoRun({ ...dependencies, run });
  process.stdout.write(String(lines));
}

async function die(): Promise<never> {
  process.kill(process.pid, 'SIGKILL');
  return new Promise(() => {});
}

await main(JSON.parse(readFileSync(0, 'utf8')) as KillOrder);
