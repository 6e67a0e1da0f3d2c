import type { Diagnosis, ReadingExit } from '../../../engine/diagnose.ts';
import type { Evidence, Observed } from '../../../evidence/evidence.ts';
import type { Finding } from '../../../problems/problem.ts';
import type { Texts } from '../../texts/texts.ts';
import { mergeParams } from '../../texts/merge-params.ts';
import { countFindings, countNodes, type Counts } from './counts.ts';
import type { FindingsReport } from './report.ts';
import type { FindingsDocument } from './schema.ts';

type FindingEntry = FindingsDocument['findings'][number];

/**
 * The diagnosis as published JSON (`schema.ts`). It does not depend on the language of the terminal: `english` is
 * `createTexts('en', problems)`, and key and params are there for others.
 */
export function findingsDocument(report: FindingsReport, exitCode: ReadingExit, english: Texts): FindingsDocument {
  const { findings, ...rest } = unfoldingFindings(report, exitCode, english);
  return { ...rest, findings: [...findings] };
}

/** The same for who writes it bit by bit: of many findings each entry is made when its turn comes. */
export function unfoldingFindings(
  { evidence, diagnosis }: FindingsReport,
  exitCode: ReadingExit,
  english: Texts,
): Omit<FindingsDocument, 'findings'> & { readonly findings: Iterable<FindingEntry> } {
  return {
    schema: 'nodemend.dev/findings/v1',
    collectedAt: evidence.collectedAt,
    nodemend: evidence.collector.version,
    cluster: clusterEntry(evidence),
    scope: {
      via: evidence.scope.via,
      targets: evidence.scope.targets,
      problems: evidence.scope.problems,
      ...(evidence.scope.namespace === undefined ? {} : { namespace: evidence.scope.namespace }),
      nodes: evidence.nodes.map(({ name, group, address }) => ({
        name,
        ...(group === undefined ? {} : { group }),
        address,
      })),
    },
    exitCode,
    counts: {
      findings: countsEntry(countFindings(diagnosis.findings)),
      nodes: countsEntry(countNodes(evidence, diagnosis.findings)),
    },
    findings: entriesOf(diagnosis, english),
  };
}

function* entriesOf({ findings, muted }: Diagnosis, english: Texts): Generator<FindingEntry> {
  for (const finding of findings) yield findingEntry(finding, english);
  for (const finding of muted) yield { ...findingEntry(finding, english), muted: true as const };
}

/** One finding of it. */
export function findingEntry(finding: Finding, english: Texts): FindingEntry {
  const { problem, rule, subject, fingerprint, text, evidence, status, ...rest } = finding;
  return {
    fingerprint,
    problem,
    rule,
    subject,
    status,
    message: english.t(`problems.${problem}.${text.key}`, mergeParams([text.params])),
    key: text.key,
    params: text.params,
    evidence,
    // What is left belongs to one status only: severity and remedy, reason, enable, facts.
    ...rest,
  };
}

function clusterEntry({ cluster }: Evidence): FindingsDocument['cluster'] {
  if (cluster.state !== 'seen') return null;
  const { uid, context, server, version } = cluster.value;
  return { uid: observedOrNull(uid), context, server, version: observedOrNull(version) };
}

function observedOrNull(seen: Observed<string>): string | null {
  return seen.state === 'seen' ? seen.value : null;
}

function countsEntry({
  fail,
  warn,
  unknown,
  'not-looked-at': notLookedAt,
  pass,
}: Counts): FindingsDocument['counts']['nodes'] {
  return { fail, warn, unknown, notLookedAt, pass };
}
