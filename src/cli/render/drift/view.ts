import { foldNodes } from '../../../engine/targets/fold-nodes.ts';
import type { DriftState, Reference, Words } from '../../../problems/kit/synchronise.ts';
import { diffLines } from '../diff-lines.ts';
import { scopeLine } from '../findings/scope.ts';
import { unknownBlock } from '../findings/unknown-block.ts';
import type { Tone } from '../paint.ts';
import { printable } from '../../../text/printable.ts';
import { joinBlocks, type RenderContext } from '../render-context.ts';
import { indented, labelled, wrapNodeSet, wrapSentence } from '../wrap.ts';
import { byteDiff } from '../../../app/documents/drift/byte-diff.ts';
import { groupDrift, type DriftGroup } from '../../../app/documents/drift/group.ts';
import type { DriftReport } from '../../../app/documents/drift/report.ts';
import { driftSummary } from './summary.ts';

export interface DriftViewOptions {
  /** Whether the bytes are shown beside what they mean. */
  readonly diffs: boolean;
  /** What to type next. */
  readonly next?: string;
  /** The commands that together do what this one does. */
  readonly standsFor?: readonly string[];
}

const indent = '  ';

const tones: Readonly<Record<DriftState, Tone>> = {
  same: 'ok',
  'not-expected': 'ok',
  'not-in-force': 'fail',
  'other-bytes': 'warn',
  'other-meaning': 'fail',
  missing: 'fail',
  extra: 'fail',
  unexpected: 'fail',
  undecided: 'unknown',
  unknown: 'unknown',
};

/**
 * A comparison for people: what was compared with what, each difference once with its nodes, what could not be seen,
 * what is fine.
 */
export function renderDrift(report: DriftReport, options: DriftViewOptions, context: RenderContext): string {
  const { evidence, drift } = report;
  const { texts, paint, width } = context;
  const groups = groupDrift(drift.nodes).filter(({ state }) => state !== 'unknown');
  const findings = drift.nodes.map(({ finding }) => finding);
  return joinBlocks([
    [
      ...scopeLine(evidence, context),
      ...wrapSentence(referenceWords(report, context), width),
      ...cautionLines(report, context),
    ],
    ...groups.map((group) => groupBlock(group, versionNumber(group, groups), { report, options, context })),
    unknownBlock({ evidence, diagnosis: { findings, muted: [] } }, context),
    wrapSentence(driftSummary(drift, texts), width),
    standsForBlock(options, context),
    options.next === undefined ? [] : [`${paint('place', texts.t('next'))} ${printable(options.next)}`],
  ]);
}

/** Versions are numbered where none is the reference; the first is the one that the others are shown beside. */
function versionNumber(group: DriftGroup, groups: readonly DriftGroup[]): number {
  return groups.filter(({ state }) => state === 'undecided').indexOf(group) + 1;
}

function standsForBlock({ standsFor = [] }: DriftViewOptions, { texts, paint }: RenderContext): readonly string[] {
  return standsFor.length === 0
    ? []
    : [
        paint('quiet', texts.t('drift.standsFor')),
        ...standsFor.map((line) => paint('quiet', `${indent}${printable(line)}`)),
      ];
}

function referenceWords({ drift: { path, reference } }: DriftReport, { texts: { t } }: RenderContext): string {
  const short = (hash: string): string => hash.slice(0, 12);
  switch (reference.kind) {
    case 'source':
      return t('drift.reference.source', { path, file: reference.source.name, sha256: short(reference.source.sha256) });
    case 'majority':
      return reference.version === 'absent'
        ? t('drift.reference.absent', { path, count: reference.count, of: reference.of })
        : t('drift.reference.majority', {
            path,
            count: reference.count,
            of: reference.of,
            sha256: short(reference.version.sha256),
          });
    case 'tie':
      return t('drift.reference.tie', { path, count: reference.count, of: reference.of, versions: reference.versions });
    case 'split':
      return t('drift.reference.split', {
        path,
        count: reference.count,
        of: reference.of,
        versions: reference.versions,
      });
    case 'none':
      return t('drift.reference.none', { path, count: reference.of });
  }
}

function cautionLines({ problem, drift: { reference } }: DriftReport, context: RenderContext): readonly string[] {
  if (reference.kind !== 'source') return [];
  const { texts, paint, width } = context;
  const sentences = reference.source.cautions.map((words) =>
    texts.t('drift.caution', { words: problemWords(problem, words, context) }),
  );
  return sentences.flatMap((sentence) => wrapSentence(sentence, width)).map((line) => paint('warn', line));
}

interface GroupContext {
  readonly report: DriftReport;
  readonly options: DriftViewOptions;
  readonly context: RenderContext;
}

function groupBlock(group: DriftGroup, number: number, { report, options, context }: GroupContext): readonly string[] {
  const { texts, width, paint } = context;
  const { t } = texts;
  const { state, first, nodes } = group;
  const { reference } = report.drift;
  const isVersion = state === 'undecided' && reference.kind !== 'none';
  const label = isVersion ? t('drift.version', { number }) : t(`drift.state.${state}`);
  const diff = options.diffs ? byteDiff(report.drift, first, labelsOf(reference, number, context)) : undefined;
  return [
    ...labelled({ text: label, tone: tones[state] }, t('count.nodes', { count: nodes.length }), context),
    ...indented(wrapNodeSet(printable(foldNodes(nodes.map(({ node }) => node))), width - indent.length), indent),
    ...sentencesOf(group, isVersion, { report, options, context }).flatMap((sentence) =>
      indented(wrapSentence(sentence, width - indent.length), indent),
    ),
    ...(diff === undefined ? [] : diffLines(diff, paint).map((line) => `${indent}${line}`.trimEnd())),
  ];
}

function sentencesOf(
  { state, first }: DriftGroup,
  isVersion: boolean,
  { report, context }: GroupContext,
): readonly string[] {
  const { t } = context.texts;
  const said = ({ key, params }: Words): string => problemWords(report.problem, { key, params }, context);
  if (!isVersion) return [...(state === 'same' ? [] : [said(first.finding.text)]), ...first.changes.map(said)];
  const version =
    first.file === 'absent' || first.file === undefined
      ? t('drift.noFile')
      : t('drift.hash', { sha256: first.file.sha256.slice(0, 12) });
  return [version, ...(first.changes.length === 0 ? [] : [t('drift.toFirst'), ...first.changes.map(said)])];
}

function labelsOf(
  reference: Reference,
  number: number,
  { texts: { t } }: RenderContext,
): { readonly found: string; readonly wanted: string } {
  const found =
    reference.kind === 'tie' || reference.kind === 'split' ? t('drift.version', { number }) : t('drift.label.found');
  if (reference.kind === 'source') return { found, wanted: printable(reference.source.name) };
  return {
    found,
    wanted: reference.kind === 'majority' ? t('drift.label.majority') : t('drift.version', { number: 1 }),
  };
}

function problemWords(problem: string, { key, params }: Words, { texts }: RenderContext): string {
  return texts.t(`problems.${problem}.${key}`, params);
}
