import type { Evidence, NodeEvidence } from '../../../evidence/evidence.ts';
import type { TextParams } from '../../../locales/translator.ts';
import type { Finding } from '../../problem.ts';
import { asBytes } from '../../kit/file-edit.ts';
import type { Drift, DriftState, NodeDrift, Reference, WantedFile, Words } from '../../kit/synchronise.ts';
import { placesOf } from '../rotation/rule-target.ts';
import { about, make } from '../finding.ts';
import { everyDockerLog, podLogs } from '../rotation/node-view.ts';
import { clearFile } from '../rotation/removable.ts';
import { versionOf } from './file-version.ts';
import { idleBecause, unreadBecause } from './in-force.ts';
import { meaningChanges } from './meaning-changes.ts';
import { meaningOf } from './meaning.ts';
import { isExpected, contextOf, type NodeContext, type ContextView } from './node-context.ts';
import { referenceOf } from './reference.ts';

/**
 * How each node's file stands to the source, or to what most nodes have. Pure: the same evidence gives the same drift.
 */
export function driftOf(evidence: Evidence, wanted: WantedFile): Drift {
  return driftOfViews(viewsOf(evidence, wanted.path), wanted);
}

export interface NodeView {
  readonly node: NodeEvidence;
  readonly view: ContextView;
}

/** What there is to compare, read once: it is most of the work on a node with many containers. */
export function viewsOf(evidence: Evidence, path: string): readonly NodeView[] {
  return evidence.nodes.map((node) => ({ node, view: contextOf(node, path) }));
}

export function driftOfViews(views: readonly NodeView[], { path, source }: WantedFile): Drift {
  const expected = views.flatMap(({ view }) =>
    view.state === 'seen' && isExpected(view.context) ? [versionOf(view.context.file)] : [],
  );
  const reference = referenceOf(expected, source);
  const nodes = views.map(({ node, view }): NodeDrift => {
    const group = node.group === undefined ? {} : { group: node.group };
    return { node: node.name, ...group, ...driftOfNode(view, path, reference) };
  });
  return { path, reference, nodes };
}

function driftOfNode(view: ContextView, path: string, reference: Reference): Omit<NodeDrift, 'node' | 'group'> {
  if (view.state !== 'seen') return { state: 'unknown', file: undefined, changes: [], finding: view.finding };
  const { context } = view;
  const judged = isExpected(context) ? judge(context, path, reference) : judgeUnexpected(context, path);
  const { state, why, params = {}, changes = [] } = judged;
  return {
    state,
    file: versionOf(context.file),
    changes,
    finding: findingOf(
      context.node.name,
      state,
      { key: why === undefined ? `drift.${state}` : `drift.${state}.${why}`, params: { file: path, ...params } },
      reference,
    ),
  };
}

interface Judgement {
  readonly state: Exclude<DriftState, 'unknown'>;
  /** Where a state has several reasons: which one. */
  readonly why?: string;
  readonly params?: TextParams;
  readonly changes?: readonly Words[];
}

/** A file that says nothing about container logs is somebody else's, whatever it is called. */
function judgeUnexpected({ facts, rotation, file }: NodeContext, path: string): Judgement {
  if (file === 'absent') return { state: 'not-expected' };
  const places = placesOf(everyDockerLog(facts), podLogs(facts));
  const cleared = clearFile(path, rotation, { places, targets: ['docker', 'links', 'pods'], idle: [] });
  return { state: cleared.state === 'kept' ? 'not-expected' : 'unexpected' };
}

function judge(context: NodeContext, path: string, reference: Reference): Judgement {
  const wanted = wantedBytes(reference);
  if (wanted === undefined) return { state: 'undecided', why: 'alone' };
  if (reference.kind === 'tie' || reference.kind === 'split')
    return { state: 'undecided', why: 'versions', changes: changesTo(context, wanted.content) };
  const { file } = context;
  if (file === 'absent') return { state: wanted.content === 'absent' ? 'same' : 'missing' };
  if (wanted.content === 'absent') return { state: 'extra' };
  const isSame = file.sha256 === wanted.sha256;
  return judgePresent(context, path, { isSame, changes: isSame ? [] : changesTo(context, wanted.content) });
}

/** Whether it counts where it stands comes before what it says. */
function judgePresent(
  context: NodeContext,
  path: string,
  { isSame, changes }: { readonly isSame: boolean; readonly changes: readonly Words[] },
): Judgement {
  const unread = unreadBecause(path, context);
  if (unread !== undefined) return { state: 'not-in-force', ...unread, changes };
  if (changes.length > 0) return { state: 'other-meaning', changes };
  const idle = idleBecause(path, context);
  if (idle !== undefined) return { state: 'not-in-force', ...idle };
  return { state: isSame ? 'same' : 'other-bytes' };
}

function changesTo({ file }: NodeContext, wanted: string): readonly Words[] {
  if (file === 'absent' || wanted === 'absent') return [];
  return meaningChanges(meaningOf(file.content ?? ''), meaningOf(wanted));
}

/** The reference's bytes, one character a byte; undefined when there is none. */
function wantedBytes(reference: Reference): { readonly content: string; readonly sha256: string } | undefined {
  if (reference.kind === 'none') return undefined;
  if (reference.kind === 'source')
    return { content: asBytes(reference.source.content), sha256: reference.source.sha256 };
  const version = reference.kind === 'majority' ? reference.version : reference.first;
  return version === 'absent'
    ? { content: 'absent', sha256: 'absent' }
    : { content: asBytes(version.content ?? ''), sha256: version.sha256 };
}

function findingOf(
  node: string,
  state: Exclude<DriftState, 'unknown'>,
  { key: text, params }: Words,
  reference: Reference,
): Finding {
  const said = { ...about(node), text, params };
  if (state === 'same' || state === 'not-expected') return make.pass({ ...said, rule: `file-${state}` });
  // Only a source says what a file should be.
  const remedy = reference.kind === 'source' ? {} : { remedy: false as const };
  return make.trouble({
    ...said,
    ...remedy,
    status: reference.kind === 'none' ? 'warn' : 'fail',
    rule: `file-${state}`,
  });
}
