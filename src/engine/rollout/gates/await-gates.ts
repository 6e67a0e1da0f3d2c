import type { KubernetesApi } from '../../../kubernetes/api.ts';
import type { Timing } from '../../../kubernetes/timing.ts';
import { askAlerts } from './ask-alerts.ts';
import { askOtherTools, askPods } from './ask-other-tools.ts';
import type { Blocker } from './blocker.ts';
import { askKubelets } from './kubelet-versions.ts';
import type { GateOptions } from './gate-options.ts';
import { parseWindow, windowBlockers } from './window.ts';

export interface GateQuestion {
  /** Absent with a hosts file. */
  readonly api: KubernetesApi | undefined;
  readonly gates: GateOptions;
  readonly timing: Timing;
  readonly signal: AbortSignal;
  /** The nodes that are about to be begun. */
  readonly nodes: readonly string[];
  /** How long one of them may take, its soak included. */
  readonly needsMs: number;
  /** Whether it is kept from what other tools do with nodes, too: for what takes a node out of service. */
  readonly othersToo: boolean;
  /** Told once, when it begins to wait. */
  readonly onWait?: (blockers: readonly Blocker[]) => void;
}

const pauseMs = 15_000;

/**
 * What keeps nodes from being begun, when all the time that was given for it to pass is over; nothing as soon as nothing
 * does. A window is not waited for: it ends the run.
 *
 * @throws the signal's reason
 */
export async function awaitGates(question: GateQuestion): Promise<readonly Blocker[]> {
  const { timing, signal, gates, onWait } = question;
  const deadline = timing.monotonicMs() + gates.waitSeconds * 1000;
  for (let tries = 0; ; tries++) {
    const blockers = await askGates(question);
    const isOver = timing.monotonicMs() >= deadline || blockers.some(({ by }) => by === 'window');
    if (blockers.length === 0 || isOver) return blockers;
    if (tries === 0) onWait?.(blockers);
    await timing.sleep(Math.min(pauseMs, deadline - timing.monotonicMs()), signal);
  }
}

async function askGates(question: GateQuestion): Promise<readonly Blocker[]> {
  const { api, gates, timing, signal, nodes, othersToo } = question;
  const asked = api && { api, now: timing.now(), signal };
  const found = await Promise.all([
    asked && othersToo ? askOtherTools(asked) : [],
    asked && othersToo ? askKubelets(asked, nodes, gates.mixedVersions) : [],
    asked ? Promise.all(nodes.map((node) => askPods(asked, node, gates.blockingPodSelectors))) : [],
    gates.prometheus ? askAlerts(gates.prometheus, signal) : [],
  ]);
  return [...closedWindow(gates, timing.now(), question.needsMs), ...found.flat(2)];
}

/** @param now milliseconds since the epoch */
export function closedWindow({ window }: GateOptions, now: number, needsMs: number): readonly Blocker[] {
  if (window === undefined) return [];
  const parsed = parseWindow(window);
  // Checked where it was typed; what a journal says may have been edited since.
  return parsed ? windowBlockers(parsed, now, needsMs) : [{ by: 'unknown', asked: 'window', reason: window }];
}
