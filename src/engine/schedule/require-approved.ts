import { createHash } from 'node:crypto';
import { NodemendError } from '../../errors/nodemend-error.ts';
import { canonicalJson } from '../canonical-json.ts';
import { compareNames } from '../compare-names.ts';
import type { Plan } from '../plan.ts';
import { capOf, type ApprovedSelection, type ApprovedTarget, type StandingApproval } from './standing-approval.ts';

/** What is about to be done without anybody there, to be held against the approval. */
export interface StandingQuestion {
  readonly plan: Plan;
  /** SHA-256 of the source file as it is now, hex; undefined where the command takes none. */
  readonly source: string | undefined;
  readonly selection: ApprovedSelection;
  /** Every node that was selected, whether or not it is to be changed. */
  readonly selected: readonly NamedHost[];
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
  return createHash('sha256').update(canonicalJson(list)).digest('hex');
}

/**
 * Holds a plan against a standing approval. The plan may have no action at all: a schedule that points at another cluster is
 * not "nothing to do". @throws NodemendError APPROVAL_EXCEEDED with the first thing that is not within it; nothing was changed.
 */
export function requireApproved(approval: StandingApproval, question: StandingQuestion): void {
  const { plan } = question;
  requireTarget(approval.target, question);
  const problems = plan.problems.filter((problem) => !approval.problems.includes(problem));
  if (problems.length > 0) exceeded('problems', { found: problems.join(', '), approved: approval.problems.join(', ') });
  if (approval.source?.sha256 !== question.source) {
    exceeded('source', { path: approval.source?.path ?? '-', found: question.source?.slice(0, 12) ?? '-', approved: approval.source?.sha256.slice(0, 12) ?? '-' });
  }
  if (canonicalJson(approval.selection) !== canonicalJson(question.selection)) {
    exceeded('selection', { found: selectionText(question.selection), approved: selectionText(approval.selection) });
  }
  const disruptions = [...new Set([...question.allow, ...plan.actions.flatMap(({ disrupts }) => disrupts ?? [])])].filter((one) => !approval.allow.some((allowed) => allowed === one));
  if (disruptions.length > 0) exceeded('disruption', { found: disruptions.join(', '), approved: approval.allow.join(', ') || '-' });
  const remedies = question.remedies.filter((one) => !approval.remedies.includes(one));
  if (remedies.length > 0) exceeded('remedy', { found: remedies.join(', '), approved: approval.remedies.join(', ') || '-' });
  const cap = capOf(approval.cap, question.selected.length);
  if (plan.nodes.length > cap) exceeded('cap', { found: plan.nodes.length, approved: cap, selected: question.selected.length });
}

function requireTarget(approved: ApprovedTarget, { plan: { target }, selected }: StandingQuestion): void {
  if (approved.kind === 'cluster') {
    if (target.kind !== 'cluster' || target.uid !== approved.uid) {
      exceeded('cluster', { found: target.kind === 'cluster' ? `${target.context} (${target.uid})` : '--hosts', approved: `${approved.context} (${approved.uid})` });
    }
    return;
  }
  const found = target.kind === 'hosts' ? hostsIdentity(selected) : '';
  if (found !== approved.sha256) exceeded('hosts', { found: found.slice(0, 12) || '-', approved: approved.sha256.slice(0, 12) });
}

export function selectionText({ nodes, nodeGroup, selector }: ApprovedSelection): string {
  const parts = [...(nodes === undefined ? [] : [`--nodes ${nodes}`]), ...(nodeGroup === undefined ? [] : [`--node-group ${nodeGroup}`]), ...(selector === undefined ? [] : [`-l ${selector}`])];
  return parts.join(' ') || '*';
}

function exceeded(context: 'cluster' | 'hosts' | 'problems' | 'source' | 'selection' | 'disruption' | 'remedy' | 'cap', params: Readonly<Record<string, string | number>>): never {
  throw new NodemendError('APPROVAL_EXCEEDED', { context, ...params });
}
