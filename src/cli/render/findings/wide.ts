import type { Finding } from '../../../problems/problem.ts';
import { renderColumns, type Cell } from '../columns.ts';
import { mergeParams } from '../../../app/texts/merge-params.ts';
import { joinBlocks, type RenderContext } from '../render-context.ts';
import { fills } from './fills.ts';
import type { FindingsReport } from '../../../app/documents/findings/report.ts';
import { subjectName } from './subject.ts';

/** `-o wide`: a row per finding, nothing folded, muted or cut; for `grep`, `sort` and `less -S`. */
export function renderFindingsWide({ evidence, diagnosis }: FindingsReport, { texts, paint }: RenderContext): string {
  const { t } = texts;
  const groups = new Map(evidence.nodes.map((node) => [node.name, node.group ?? '-']));
  const findings = [...diagnosis.findings, ...diagnosis.muted];
  // Only where something was asked that can fill a disk.
  const hasForecast = findings.some((finding) => fills(finding, texts) !== undefined);
  const columns = [
    'name',
    'group',
    'problem',
    'rule',
    'status',
    'severity',
    ...(hasForecast ? ['fills'] : []),
    'cause',
  ].map((name) => ({ header: t(`column.${name}`) }));
  const row = (finding: Finding): readonly Cell[] => [
    { text: subjectName(finding.subject) },
    { text: finding.subject.kind === 'node' ? (groups.get(finding.subject.name) ?? '-') : '-' },
    { text: finding.problem },
    { text: finding.rule },
    { text: t(`status.${finding.status}`), tone: toneOf(finding) },
    { text: 'severity' in finding ? t(`severity.${finding.severity}`) : '-' },
    ...(hasForecast ? [{ text: fills(finding, texts) ?? '-' }] : []),
    { text: t(`problems.${finding.problem}.${finding.text.key}`, mergeParams([finding.text.params])) },
  ];
  return joinBlocks([renderColumns(columns, findings.map(row), paint, undefined)]);
}

function toneOf({ status }: Finding): NonNullable<Cell['tone']> {
  if (status === 'pass') return 'ok';
  return status === 'not-looked-at' ? 'quiet' : status;
}
