import type { UnknownReason } from '../../evidence/evidence.ts';
import type { Finding } from '../problem.ts';
import { wasAskedFor } from '../kit/read-fact.ts';
import { factOf, type FactPart, type NodeFacts } from './facts.ts';
import { unknown } from './finding.ts';
import type { NodeRuntime } from './runtime/node-runtime.ts';

/**
 * What a verdict on a node needs a part for. Every part has its line: one that is new does not compile without.
 *
 * - `pass`: what is said to be well is concluded from it.
 * - `trouble`: a trouble may be found in it, beside what is said to be well.
 * - `none`: no status of any finding comes from it.
 */
type Need = 'pass' | 'trouble' | 'none';

function needOf(part: FactPart, facts: NodeFacts, runtime: NodeRuntime): Need {
  // The runtime was seen, or nothing would be asked here: it says who keeps the logs.
  const docker = runtime.docker ? 'pass' : 'none';
  // A node without logrotate has no configuration of it that counts; that it has none is told, or does not matter.
  const rotation = isMissing(facts) ? 'none' : 'pass';
  const needs: Readonly<Record<FactPart, Need>> = {
    rotationFiles: rotation,
    release: rotation,
    runtime: 'pass',
    logFiles: 'pass',
    // Whether a log still fits beside its copy.
    disk: 'pass',
    // Whether a container to come has a limit; when something starts logrotate.
    daemon: docker,
    scheduler: runtime.docker ? 'trouble' : 'none',
    freeRoom: 'trouble',
    growth: 'trouble',
    // Its limits, and the lines that a full disk is held against.
    kubelet: runtime.pods === 'none' ? 'none' : 'trouble',
    // Names what takes up the room of a disk that is found full without it.
    diskUse: 'none',
    // Which unit is to be started again.
    units: 'none',
  };
  return needs[part];
}

interface Gap {
  /** The fact, or which other part of the evidence. */
  readonly name: string;
  readonly need: Need;
  readonly reason: UnknownReason;
}

/**
 * Findings as they may be told with what could not be seen: nothing is said to be well that was concluded from less
 * than it needs, and every part that is missing is told by a finding. It stands behind all verdicts because each of
 * them reads several parts, and one that forgets to ask would turn an unknown into a pass.
 */
export function withGaps(facts: NodeFacts, runtime: NodeRuntime, found: readonly Finding[]): readonly Finding[] {
  const gaps = gapsOf(facts, runtime);
  const isDoubted = gaps.some(({ need }) => need === 'pass');
  const kept = found.filter(({ status }) => status !== 'pass' || !isDoubted);
  const untold = gaps.filter(({ name }) => !isTold(name, found));
  const [first] = untold;
  if (first === undefined) return kept;
  const sections = untold.map(({ name }) => name).join(', ');
  return [...kept, unknown(facts.node.name, 'parts', first.reason, { sections })];
}

function gapsOf(facts: NodeFacts, runtime: NodeRuntime): readonly Gap[] {
  const { api, access } = facts.node;
  const parts = (Object.keys(factOf) as FactPart[])
    // Bundles of older probes do not have every section, and were judged without.
    .filter((part) => wasAskedFor(facts.node, factOf[part]))
    .map((part) => ({ name: factOf[part].key, need: needOf(part, facts, runtime), seen: facts[part] }));
  const others = [
    // The releases of kubelet and of its runtime, by which files and flags are read.
    { name: 'api', need: 'pass', seen: api } as const,
    // Whether the probe ran as root: to others much looks as if it were not there.
    { name: 'access', need: 'pass', seen: access } as const,
  ];
  return [...parts, ...others].flatMap(({ name, need, seen }) =>
    seen.state === 'unknown' && need !== 'none' ? [{ name, need, reason: seen.reason }] : [],
  );
}

function isMissing({ release }: NodeFacts): boolean {
  return release.state === 'unknown' && release.reason === 'tool-missing';
}

/** That nothing can be said of the rules stands for all parts; another unknown for those that it names. */
function isTold(name: string, found: readonly Finding[]): boolean {
  return found.some(
    ({ status, rule, evidence }) =>
      status === 'unknown' && (rule === 'rule-unknown' || evidence.some((one) => one.endsWith(`#${name}`))),
  );
}
