import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ActionSpec } from '../../src/actions/action-kinds.ts';
import type { FileAction } from '../../src/actions/file/file-action.ts';
import { journalStore, type JournalStore } from '../../src/engine/journal/journal-store.ts';
import { planHash } from '../../src/engine/plan-hash.ts';
import { planSchema, type Plan } from '../../src/engine/plan.ts';
import type { RunDependencies } from '../../src/engine/rollout/run-request.ts';
import { defaultRunOptions, type RunEvent, type RunOptions } from '../../src/engine/run.ts';
import type { NodeConnection, Transport } from '../../src/transport/transport.ts';
import { ChrootNode } from './chroot-node.ts';
import { chrootTransport, targetOf } from './chroot-transport.ts';
import { fileAction, newContent, oldContent, put } from './file-fixture.ts';
import { rootsFolder } from './roots-folder.ts';
import { testProblem } from './test-problem.ts';
import type { Shell } from './tool-root.ts';

/** All that a run changes on a node. */
const changed = ['/var/lib/nodemend', '/etc/logrotate.d', '/tmp'];

const checked = {
  validate: [{ check: 'container-logs/staged', args: [] }],
  verify: [{ check: 'container-logs/placed', args: ['/etc/logrotate.d/docker'] }],
};

export interface PlanFixture {
  readonly groups?: Readonly<Record<string, string>>;
  /** What to plan on a node; the rule for docker without it. */
  readonly actions?: (node: ChrootNode) => readonly ActionSpec[];
}

/** A plan for hosts, bound to the nodes as they are. */
export function planFor(
  nodes: readonly ChrootNode[],
  { groups = {}, actions = (node) => [ruleFor(node)] }: PlanFixture = {},
): Plan {
  const unsealed = {
    schema: planSchema,
    madeAt: '2026-11-24T09:30:00Z',
    target: { kind: 'hosts' },
    nodes: nodes.map(({ name, machineId, bootId }) => ({
      name,
      machineId,
      bootId,
      ...(groups[name] ? { group: groups[name] } : {}),
    })),
    problems: ['container-logs'],
    actions: nodes.flatMap(actions),
    refused: [],
  } as const satisfies Omit<Plan, 'hash'>;
  return { ...unsealed, hash: planHash(unsealed) };
}

export function ruleFor(node: ChrootNode, change: Partial<FileAction> = {}): FileAction {
  const action = fileAction({ ...checked, ...change });
  return { ...action, id: `file:${node.name}:${action.path}`, node: node.name };
}

/** Nodes, a state folder, and what a run asks for. */
export class RolloutFixture {
  readonly nodes: readonly ChrootNode[];
  readonly events: RunEvent[] = [];
  readonly folder: string;
  private readonly folders: string[] = [];

  constructor(names: readonly string[], shell: Shell = 'dash') {
    this.nodes = names.map((name) => new ChrootNode(name, shell));
    this.reset();
    this.folder = this.newFolder();
  }

  node(name: string): ChrootNode {
    const found = this.nodes.find((node) => node.name === name);
    if (!found) throw new Error(`this scene has no node ${name}`);
    return found;
  }

  reset(): void {
    for (const node of this.nodes) {
      for (const path of changed) rmSync(node.path(path), { recursive: true, force: true });
      node.outside('mkdir', '-p', node.path('/etc/logrotate.d'), node.path('/tmp'));
      put(node, oldContent);
    }
  }

  /** Keeps what the nodes hold now. @returns gives them that again, as often as it is called */
  remember(): () => void {
    const kept = this.nodes.map((node) => {
      const folder = mkdtempSync(join(rootsFolder, 'nodemend-kept-'));
      this.folders.push(folder);
      copyAll(node.root, folder);
      return { node, folder };
    });
    return () => {
      for (const { node, folder } of kept) copyAll(folder, node.root);
    };
  }

  /** An empty state folder, as another machine has it. */
  newFolder(): string {
    const folder = mkdtempSync(join(rootsFolder, 'nodemend-state-'));
    this.folders.push(folder);
    return join(folder, 'runs');
  }

  dependencies(
    change: Partial<Omit<RunDependencies, 'options'>> & { readonly options?: Partial<RunOptions> } = {},
  ): RunDependencies {
    return {
      transport: chrootTransport(this.nodes),
      targets: this.nodes.map(targetOf),
      journal: this.journal(),
      problems: [testProblem],
      onEvent: (event) => this.events.push(event),
      signal: new AbortController().signal,
      ...change,
      options: { ...defaultRunOptions, soakSeconds: 0, owner: 'kim@laptop', ...change.options },
    };
  }

  journal(folder = this.folder): JournalStore {
    return journalStore(folder);
  }

  transport(around: (connection: NodeConnection) => NodeConnection | Promise<NodeConnection>): Transport {
    return chrootTransport(this.nodes, around);
  }

  content(name: string): string {
    return readFileSync(this.node(name).path('/etc/logrotate.d/docker'), 'utf8');
  }

  /** `worker-1 new`, `worker-2 old` …, and what else is wrong with a node. */
  state(): readonly string[] {
    return this.nodes.map((node) => {
      const content = this.content(node.name);
      const what = content === newContent ? 'new' : content === oldContent ? 'old' : 'other';
      const extra = readdirSync(node.path('/etc/logrotate.d')).filter((name) => name !== 'docker');
      const locked = existsSync(node.path('/var/lib/nodemend/lock')) ? ' locked' : '';
      return `${node.name} ${what}${extra.length > 0 ? ` ${extra.join(' ')}` : ''}${locked}`;
    });
  }

  remove(): void {
    for (const node of this.nodes) node.remove();
    for (const folder of this.folders) rmSync(folder, { recursive: true, force: true });
  }
}

/** With owners, modes and times. */
function copyAll(from: string, to: string): void {
  for (const path of changed) {
    rmSync(join(to, path), { recursive: true, force: true });
    if (existsSync(join(from, path))) mkdirSync(dirname(join(to, path)), { recursive: true });
  }
  const there = changed.filter((path) => existsSync(join(from, path)));
  const script = 'from=$1 to=$2; shift 2; for path in "$@"; do cp -a "$from$path" "$to$path"; done';
  execFileSync('sh', ['-ec', script, 'sh', from, to, ...there]);
}
