import { sha256 } from '../../hash/sha256.ts';
import { NodemendError } from '../../errors/nodemend-error.ts';
import { canonicalJson } from '../canonical-json.ts';
import { compareNames } from '../compare-names.ts';
import type { Plan } from '../plan.ts';
import type { BatchSize } from '../rollout/batch-size.ts';
import { strayPath } from '../written-paths.ts';
import {
  capOf,
  type ApprovedSelection,
  type ApprovedSource,
  type ApprovedTarget,
  type StandingApproval,
} from './standing-approval.ts';

/** What is about to be done without anybody there, to be held against the approval. */
export interface StandingQuestion {
  readonly plan: Plan;
  /** SHA-256 of the source file as it is now, hex; undefined where the command takes none. */
  readonly source: string | undefined;
  /** Where it goes on the nodes, when that is said now. */
  readonly onNodes: string | undefined;
  readonly selection: ApprovedSelection;
  /** Every node that was selected, whether or not it is to be changed. */
  readonly selected: readonly NamedHost[];
  /** Nodes about which something that was asked stayed unknown. */
  readonly unseen: readonly string[];
  /** Where the approved problems write on nodes, for an approval that does not say it itself. */
  readonly usualPaths: readonly string[];
  /** What `--allow` and `--remedy` name now. */
  readonly allow: readonly string[];
  readonly remedies: readonly string[];
}

export interface NamedHost {
  readonly name: string;
  readonly address: string;
}

/** Names one list of hosts: whoever edits the hosts file changes what may be changed. SHA-256, hex. */
export function hostsIdentity(hosts: readonly NamedHost[]): string {
  const list = hosts.map(({ name, address }) => ({ name, address })).toSorted((a, b) => compareNames(a.name, b.name));
  return sha256(Buffer.from(canonicalJson(list), 'utf8'));
}

/**
 * Holds a plan against a standing approval. The plan may have no action at all: a schedule that points at another
 * cluster is not "nothing to do". @throws NodemendError APPROVAL_EXCEEDED with the first thing that is not within it;
 * nothing was changed.
 */
export function requireApproved(approval: StandingApproval, question: StandingQuestion): void {
  const { plan } = question;
  requireTarget(approval.target, question);
  requireNamed('problems', plan.problems, approval.problems);
  requireSource(approval.source, question);
  if (canonicalJson(approval.selection) !== canonicalJson(question.selection)) {
    exceeded('selection', { found: selectionText(question.selection), approved: selectionText(approval.selection) });
  }
  requireNamed(
    'disruption',
    [...new Set([...question.allow, ...plan.actions.flatMap(({ disrupts }) => disrupts ?? [])])],
    approval.allow,
  );
  requireNamed('remedy', question.remedies, approval.remedies);
  const paths = approval.paths ?? question.usualPaths;
  const stray = strayPath(plan.actions, paths);
  if (stray !== undefined) exceeded('path', { found: stray, approved: paths.join(', ') });
  // What a cluster holds is changed by somebody who reads the plan.
  if (plan.clusterActions) exceeded('objects', { found: plan.clusterActions.length });
  requireCap(approval.cap, question);
}

/**
 * What could not be seen of a node may need the change, too: nobody knows that so few have drifted. It counts as what is
 * down does for every rule that stops a run (design section 3). Where nothing would change there is nothing to hold.
 */
function requireCap(cap: BatchSize, { plan, selected, unseen }: StandingQuestion): void {
  const changed = new Set(plan.nodes.map(({ name }) => name));
  const beside = unseen.filter((name) => !changed.has(name)).length;
  const approved = capOf(cap, selected.length);
  const params = { found: changed.size, approved, selected: selected.length };
  if (changed.size > approved) exceeded('cap', params);
  if (changed.size > 0 && changed.size + beside > approved) exceeded('unseen', { ...params, unseen: beside });
}

/** Everything that is asked for has to be among what was approved by name. */
function requireNamed(
  what: 'problems' | 'disruption' | 'remedy',
  found: readonly string[],
  approved: readonly string[],
): void {
  const others = found.filter((one) => !approved.includes(one));
  if (others.length > 0) exceeded(what, { found: others.join(', '), approved: approved.join(', ') || '-' });
}

/** The same bytes, to the same place. */
function requireSource(approved: Partial<ApprovedSource> = {}, { source, onNodes }: StandingQuestion): void {
  const { path = '-', sha256, onNodes: approvedPlace } = approved;
  if (approvedPlace !== onNodes) exceeded('onNodes', { found: onNodes ?? '-', approved: approvedPlace ?? '-' });
  if (sha256 !== source) exceeded('source', { path, found: short(source), approved: short(sha256) });
}

/** Enough of a hash to compare by eye. */
function short(hash = '-'): string {
  return hash.slice(0, 12);
}

function requireTarget(approved: ApprovedTarget, { plan: { target }, selected }: StandingQuestion): void {
  if (approved.kind === 'cluster') {
    if (target.kind !== 'cluster' || target.uid !== approved.uid) {
      exceeded('cluster', {
        found: target.kind === 'cluster' ? `${target.context} (${target.uid})` : '--hosts',
        approved: `${approved.context} (${approved.uid})`,
      });
    }
    return;
  }
  const found = target.kind === 'hosts' ? hostsIdentity(selected) : '';
  if (found !== approved.sha256)
    exceeded('hosts', { found: short(found || undefined), approved: short(approved.sha256) });
}

export function selectionText({ nodes, nodeGroup, selector }: ApprovedSelection): string {
  const parts = [
    ...(nodes === undefined ? [] : [`--nodes ${nodes}`]),
    ...(nodeGroup === undefined ? [] : [`--node-group ${nodeGroup}`]),
    ...(selector === undefined ? [] : [`-l ${selector}`]),
  ];
  return parts.join(' ') || '*';
}

function exceeded(
  context:
    | 'cluster'
    | 'hosts'
    | 'problems'
    | 'source'
    | 'onNodes'
    | 'selection'
    | 'disruption'
    | 'remedy'
    | 'path'
    | 'objects'
    | 'cap'
    | 'unseen',
  params: Readonly<Record<string, string | number>>,
): never {
  throw new NodemendError('APPROVAL_EXCEEDED', { context, ...params });
}
