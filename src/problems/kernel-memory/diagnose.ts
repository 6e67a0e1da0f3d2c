import type { Evidence, NodeEvidence, Observed, UnknownReason } from '../../evidence/evidence.ts';
import { bootState } from '../../grub/boot-state.ts';
import { memoryCgroups } from '../../kernel/memory-cgroups.ts';
import { compareNumbers, parseRelease } from '../../kernel/release.ts';
import { clusterEvents, withoutEvents } from '../kit/node-events.ts';
import type { FactValue, Finding } from '../problem.ts';
import { forecast, mostIds, type Forecast, type IdReading } from './forecast.ts';
import { nextBoot } from './boot-argument/written.ts';
import { gateOf, knowsNokmem, nokmemState, type ClosedBecause } from './gate.ts';
import { idsNearlyGone, idsPileUp, nodeState, type NodeState } from './node-state.ts';
import { findings } from './rules.ts';
import { refusedPods, type RefusedPods } from './signature.ts';

/** One finding about the cluster's events, and one for each node. */
export function diagnose(evidence: Evidence, earlier?: Evidence): readonly Finding[] {
  const events = refusedPods(evidence);
  const views = evidence.nodes.map((node): NodeView => {
    const refused = events.state === 'seen' ? events.value.get(node.name) : undefined;
    const state = nodeState(node);
    return { node, state, events, refused, forecast: forecastOf({ node, state }, evidence, earlier) };
  });
  return [...eventsFindings(events, views), ...views.map(nodeFinding)];
}

type Events = ReturnType<typeof refusedPods>;

interface NodeView {
  readonly node: NodeEvidence;
  readonly state: Observed<NodeState>;
  readonly events: Events;
  /** Of its pods, by the events of the cluster. */
  readonly refused: RefusedPods | undefined;
  readonly forecast: Forecast;
}

/** What the nodes themselves say of events about their pods is said there. */
function eventsFindings(events: Events, views: readonly NodeView[]): readonly Finding[] {
  const without = withoutEvents(findings, events);
  if (without !== undefined) return [without];
  const elsewhere = views.filter((view) => view.refused !== undefined && cannotHappen(view));
  if (elsewhere.length === 0) return [];
  const nodes = elsewhere.map(({ node }) => node.name);
  const said = elsewhere[0]?.refused?.said ?? '';
  const params = { nodes: nodes.join(', ') };
  return [findings.trouble({ rule: 'other-cause', status: 'warn', ...clusterEvents, params, facts: { nodes, said } })];
}

function cannotHappen({ node, state }: NodeView): boolean {
  if (state.state === 'seen') return gateOf(state.value.kernel).state === 'closed';
  return state.state === 'not-looked-at' && releaseByApi(node) !== undefined;
}

function nodeFinding(view: NodeView): Finding {
  const { node, state, refused } = view;
  const base = { subject: { kind: 'node', name: node.name }, evidence: evidenceOf(view) } as const;
  const release = releaseByApi(node);
  if (node.api.state === 'unknown') return findings.unknown({ rule: 'node-unknown', ...base }, node.api.reason);
  if (state.state === 'seen' && node.access.state !== 'unknown') return observedFinding(view, state.value);
  if (state.state === 'not-looked-at' && release !== undefined)
    return findings.pass({ rule: 'cannot-happen', why: 'kernel-fixed', ...base, params: { release } });
  if (refused)
    return findings.trouble({ rule: 'signature-alone', why: 'unseen', status: 'warn', ...base, ...wordsOf(refused) });
  const unseen = state.state === 'seen' ? node.access : state;
  return unseen.state === 'not-looked-at'
    ? findings.notLookedAt({ rule: 'node-not-looked-at', ...base }, unseen.enable)
    : findings.unknown({ rule: 'node-unknown', ...base }, unseen.state === 'unknown' ? unseen.reason : 'malformed');
}

/** A kernel that has the cure, as kubelet reports it; nobody has to log in for that. */
function releaseByApi({ api }: NodeEvidence): string | undefined {
  if (api.state !== 'seen') return undefined;
  const { kernelVersion } = api.value;
  const parsed = parseRelease(kernelVersion);
  return parsed && compareNumbers(parsed.version, [5, 3, 0]) >= 0 ? kernelVersion : undefined;
}

function evidenceOf({ node, refused }: NodeView): readonly string[] {
  return [`${node.name}#${memoryCgroups.key}`, `${node.name}#${bootState.key}`, ...(refused ? ['cluster#events'] : [])];
}

interface Words {
  readonly params: Readonly<Record<string, string | number>>;
  readonly facts: Readonly<Record<string, FactValue>>;
}

function wordsOf({ said, count, lastSeen, by }: RefusedPods): Words {
  return { params: { count }, facts: { refusals: count, lastRefusal: lastSeen, refusedBy: by, said } };
}

function observedFinding(view: NodeView, state: NodeState): Finding {
  const { node, refused, forecast: said } = view;
  const base = { subject: { kind: 'node', name: node.name }, evidence: evidenceOf(view) } as const;
  const words = refused ? wordsOf(refused) : { params: {}, facts: {} };
  const facts = { ...factsOf(state, said), ...words.facts };
  const gate = gateOf(state.kernel);
  const params = { ...words.params, release: state.kernel.release, ids: state.ids ?? 0, most: mostIds };
  if (gate.state === 'closed') return cannotHappenHere(gate.because, state, { ...base, params, facts });
  const caches = state.refusedCaches?.state === 'seen' ? state.refusedCaches.value : 0;
  if (refused !== undefined || caches > 0)
    return signed(
      state,
      { isDouble: refused !== undefined && caches > 0, isOpen: gate.state === 'open' },
      { ...base, params, facts },
    );
  if (gate.state === 'unknown') return findings.unknown({ rule: 'node-unknown', ...base }, 'malformed');
  return unsigned(view, state, { ...base, params, facts });
}

type Base = Parameters<typeof findings.pass>[0] extends infer Said ? Omit<Said & object, 'rule' | 'why'> : never;

/** With the argument in force it cannot as long as the node runs: the next boot may do without. */
function cannotHappenHere(because: ClosedBecause, { boot }: NodeState, base: Base): Finding {
  if (because === 'nokmem' && boot.state === 'unknown')
    return findings.unknown({ rule: 'node-unknown', ...base }, boot.reason);
  if (because === 'nokmem' && boot.state === 'seen' && nextBoot(boot.value) === 'absent')
    return findings.trouble({ rule: 'argument-lost-at-reboot', status: 'warn', ...base });
  return findings.pass({ rule: 'cannot-happen', why: because, ...base });
}

/** The words of the trouble are there: whether something else speaks for it too decides. */
function signed(
  state: NodeState,
  { isDouble, isOpen }: { readonly isDouble: boolean; readonly isOpen: boolean },
  base: Base,
): Finding {
  if (!isOpen) return findings.trouble({ rule: 'signature-alone', why: 'unseen', status: 'warn', ...base });
  if (state.isShort) return findings.trouble({ rule: 'memory-short', status: 'warn', ...base });
  if (isDouble || idsPileUp(state)) return findings.trouble({ rule: 'pods-refused', status: 'fail', ...base });
  return findings.trouble({ rule: 'signature-alone', why: 'seen', status: 'warn', ...base });
}

/** Weeks are time enough to reboot the nodes of a group one by one. */
const soon = 30;

function unsigned(view: NodeView, state: NodeState, base: Base): Finding {
  const { forecast: said } = view;
  if (idsNearlyGone(state)) return findings.trouble({ rule: 'ids-run-out', why: 'nearly', status: 'warn', ...base });
  if (said.state === 'grows' && said.days.from <= soon) {
    const days = { from: roundDays(said.days.from), to: roundDays(said.days.to) };
    const params = { ...base.params, ...days };
    return findings.trouble({ rule: 'ids-run-out', why: 'trend', status: 'warn', ...base, params });
  }
  if (idsPileUp(state)) return findings.trouble({ rule: 'ids-pile-up', status: 'warn', ...base });
  const unseen = unobservedSign(view, state);
  if (unseen !== undefined) return findings.unknown({ rule: 'node-unknown', ...base }, unseen);
  return withoutSign(state, base);
}

/** What is left to say is about the argument. */
function withoutSign({ kernel, boot }: NodeState, base: Base): Finding {
  const isWritten = boot.state === 'seen' && nextBoot(boot.value) === 'written';
  const isKnown = kernel.parsed !== undefined && knowsNokmem(kernel.parsed);
  if (nokmemState(kernel) === 'no-effect' || (isWritten && !isKnown))
    return findings.trouble({ rule: 'argument-without-effect', status: 'warn', ...base });
  if (boot.state === 'unknown') return findings.unknown({ rule: 'node-unknown', ...base }, boot.reason);
  if (isWritten) return findings.trouble({ rule: 'argument-pending', status: 'warn', ...base });
  return findings.pass({ rule: 'no-sign', ...base });
}

/** Why it cannot be said that there is no sign: one of the places where it would stand was not seen. */
function unobservedSign({ events }: NodeView, state: NodeState): UnknownReason | undefined {
  if (events.state === 'unknown') return events.reason;
  if (state.refusedCaches?.state === 'unknown') return state.refusedCaches.reason;
  return idsPileUp(state) === undefined && state.folders.state === 'unknown' ? state.folders.reason : undefined;
}

/** No finer than two readings can tell. */
function roundDays(days: number): number {
  return days < 10 ? Math.round(days * 10) / 10 : Math.round(days);
}

function factsOf(
  { ids, folders, kernel, refusedCaches, boot }: NodeState,
  days: Forecast,
): Readonly<Record<string, FactValue>> {
  return {
    release: kernel.release,
    ...(ids === undefined ? {} : { ids, idLimit: mostIds }),
    ...(folders.state === 'seen' && typeof folders.value === 'number' ? { folders: folders.value } : {}),
    ...(kernel.dying === undefined ? {} : { dying: kernel.dying }),
    ...(refusedCaches?.state === 'seen' ? { refusedCaches: refusedCaches.value } : {}),
    slabUnreclaimableKib: kernel.memory.get('SUnreclaim') ?? 0,
    nokmem: nokmemState(kernel),
    ...(boot.state === 'seen' ? { nokmemAtNextBoot: nextBoot(boot.value) } : {}),
    forecast: forecastFact(days),
  };
}

function forecastFact(said: Forecast): FactValue {
  if (said.state === 'unknown') return { trend: 'unknown', because: said.because };
  if (said.state === 'steady') return { trend: 'steady' };
  const round = ({ from, to }: { readonly from: number; readonly to: number }): FactValue => ({
    from: roundDays(from),
    to: roundDays(to),
  });
  return { trend: 'grows', days: round(said.days), idsPerDay: round(said.perDay), overHours: roundDays(said.over) };
}

type ReadNode = Pick<NodeView, 'node' | 'state'>;

function forecastOf({ node, state }: ReadNode, { collectedAt }: Evidence, earlier: Evidence | undefined): Forecast {
  const now = readingOf({ node, state }, collectedAt);
  if (!now) return { state: 'unknown', because: 'one-reading' };
  const before = earlier?.nodes.find((other) => other.name === node.name && isSameMachine(other, node));
  return forecast(before && earlier && readingOf({ node: before, state: nodeState(before) }, earlier.collectedAt), now);
}

/** Names are used again. */
function isSameMachine({ access: one }: NodeEvidence, { access: other }: NodeEvidence): boolean {
  return one.state === 'seen' && other.state === 'seen' && one.value.machineId === other.value.machineId;
}

function readingOf({ node, state }: ReadNode, collectedAt: string): IdReading | undefined {
  if (state.state !== 'seen' || state.value.ids === undefined || node.access.state !== 'seen') return undefined;
  return { at: Date.parse(collectedAt), bootId: node.access.value.bootId, ids: state.value.ids };
}
