import { createHash } from 'node:crypto';
import { chmodSync, readdirSync, writeFileSync } from 'node:fs';
import type { ActionContext, ActionStep, StepResult } from '../../src/actions/action.ts';
import type { FileAction, FileState } from '../../src/actions/file/file-action.ts';
import { lockNode, type LockRequest } from '../../src/actions/node-state/node-lock.ts';
import { systemTiming } from '../../src/kubernetes/timing.ts';
import type { ChrootNode } from './chroot-node.ts';

/** One node, one logrotate rule, one run: what the tests of the file action start from. */
export const run = '20261124-0931-container-logs-7f3a';
export const session = 'a1b2c3d4';
export const path = '/etc/logrotate.d/docker';
export const oldContent = '/var/lib/docker/containers/*/*.log {\n  daily\n}\n';
export const newContent = '/var/lib/docker/containers/*/*-json.log {\n  daily\n  rotate 10\n}\n';

export function fileState(content: string, mode = '0644', uid = 0, gid = 0): FileState {
  return { content, sha256: createHash('sha256').update(content).digest('hex'), mode, uid, gid };
}

export function fileAction(change: Partial<FileAction> = {}): FileAction {
  return {
    kind: 'file',
    id: `file:worker-1:${change.path ?? path}`,
    problem: 'container-logs',
    node: 'worker-1',
    cures: ['0123456789ab'],
    why: { key: 'plan.rule', params: {} },
    path,
    from: fileState(oldContent),
    to: fileState(newContent),
    validate: [],
    verify: [],
    ...change,
  };
}

export function contextOf(node: ChrootNode, change: Partial<ActionContext> = {}): ActionContext {
  return {
    connection: node.connect(),
    reconnect: async () => node.connect(),
    run,
    session,
    record: {
      owner: 'kim@laptop',
      startedAt: '2026-11-24T09:31:00Z',
      plan: 'f'.repeat(64),
      nodes: 1,
      machineId: node.machineId,
      order: 0,
    },
    check: () => {
      throw new Error('this scene has no checks');
    },
    redact: (text) => text,
    timing: systemTiming,
    secret: () => undefined,
    signal: new AbortController().signal,
    ...change,
  };
}

export async function lock(node: ChrootNode, change: Partial<LockRequest> = {}): Promise<StepResult> {
  return lockNode(node.connect(), {
    run,
    session,
    owner: 'kim@laptop',
    since: '2026-11-24T09:31:00Z',
    machineId: node.machineId,
    bootId: node.bootId,
    takeOver: false,
    ...change,
  });
}

/** Carries steps out until one says no; `stage refused CODE` and the like. */
export async function perform(steps: readonly ActionStep[], context: ActionContext): Promise<readonly string[]> {
  const outcomes: string[] = [];
  for (const step of steps) {
    const result = await step.perform(context);
    outcomes.push(`${step.name} ${result.outcome}${result.outcome === 'refused' ? ` ${result.code}` : ''}`);
    if (result.outcome === 'refused' || result.outcome === 'rejected') break;
  }
  return outcomes;
}

export function put(node: ChrootNode, content: string, inside = path): void {
  writeFileSync(node.path(inside), content);
  chmodSync(node.path(inside), 0o644);
}

/** Everything in the folder of the file, so that a forgotten temporary file is seen. */
export function listing(node: ChrootNode): readonly string[] {
  return readdirSync(node.path('/etc/logrotate.d')).toSorted();
}
