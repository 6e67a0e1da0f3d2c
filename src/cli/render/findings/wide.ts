import type { Finding } from '../../../problems/problem.ts';
import { renderColumns, type Cell } from '../columns.ts';
import { mergeParams } from '../merge-params.ts';
import { joinBlocks, type RenderContext } from '../render-context.ts';
import type { FindingsReport } from './report.ts';
import { subjectName } from './subject.ts';

/** `-o wide`: a row per finding, nothing folded, muted or cut; for `grep`, `sort` and `less -S`. */
export function renderFindingsWide({ evidence, diagnosis }: FindingsReport, { texts, paint }: RenderContext): string {
  const { t } = texts;
  const groups = new Map(evidence.nodes.map((node) => [node.name, node.group ?? '-']));
  const columns = ['name', 'group', 'problem', 'status', 'severity', 'cause'].map((name) => ({ header: t(`column.${name}`) }));
  const row = (finding: Finding): readonly Cell[] => [
    { text: subjectName(finding.subject) },
    { text: finding.subject.kind === 'node' ? (groups.get(finding.subject.name) ?? '-') : '-' },
    { text: finding.problem },
    { text: t(`status.${finding.status}`), tone: toneOf(finding) },
    { text: 'severity' in finding ? t(`severity.${finding.severity}`) : '-' },
    { text: t(`problems.${finding.problem}.${finding.text.key}`, mergeParams([finding.text.params])) },
  ];
  return joinBlocks([renderColumns(columns, [...diagnosis.findings, ...diagnosis.muted].map(row), paint, undefined)]);
}

function toneOf({ status }: Finding): NonNullable<Cell['tone']> {
  if (status === 'pass') return 'ok';
  return status === 'not-looked-at' ? 'quiet' : status;
}
