import type { driftExit } from '../../../engine/drift-exit.ts';
import type { Evidence } from '../../../evidence/evidence.ts';
import type { NodeDrift, Reference, Words } from '../../../problems/kit/synchronise.ts';
import type { Texts } from '../../texts/texts.ts';
import { byteDiff } from './byte-diff.ts';
import { hashOf } from './group.ts';
import type { DriftReport } from './report.ts';
import type { DriftDocument } from './schema.ts';

/**
 * The comparison as published JSON (`schema.ts`); `english` because it does not depend on the language of the terminal.
 */
export function driftDocument(
  { problem, evidence, drift }: DriftReport,
  exitCode: ReturnType<typeof driftExit>,
  english: Texts,
): DriftDocument {
  const said = ({ key, params }: Words): string => english.t(`problems.${problem}.${key}`, params);
  return {
    schema: 'nodemend.dev/drift/v1',
    collectedAt: evidence.collectedAt,
    nodemend: evidence.collector.version,
    cluster: clusterEntry(evidence),
    problem,
    path: drift.path,
    exitCode,
    reference: referenceEntry(drift.reference, said),
    nodes: drift.nodes.map((node) => ({
      ...nodeEntry(node, said),
      diff: byteDiff(drift, node, { found: node.node, wanted: drift.reference.kind }) ?? null,
    })),
  };
}

function nodeEntry(
  { node, group, state, file, changes, finding }: NodeDrift,
  said: (words: Words) => string,
): Omit<DriftDocument['nodes'][number], 'diff'> {
  return {
    name: node,
    ...(group === undefined ? {} : { group }),
    state,
    sha256: hashOf(file) ?? null,
    message: said(finding.text),
    changes: changes.map(said),
    ...(finding.status === 'unknown' ? { reason: finding.reason } : {}),
  };
}

function referenceEntry(reference: Reference, said: (words: Words) => string): DriftDocument['reference'] {
  switch (reference.kind) {
    case 'source': {
      const { name, sha256, cautions } = reference.source;
      return { kind: 'source', sha256, file: name, cautions: cautions.map(said) };
    }
    case 'majority':
      return { kind: 'majority', sha256: hashOf(reference.version) ?? null, nodes: reference.count, of: reference.of };
    case 'tie':
    case 'split':
      // No version is the reference.
      return { kind: reference.kind, sha256: null, nodes: reference.count, of: reference.of };
    case 'none':
      return { kind: 'none', sha256: null, of: reference.of };
  }
}

function clusterEntry({ cluster }: Evidence): DriftDocument['cluster'] {
  if (cluster.state !== 'seen') return null;
  const { uid, context, server } = cluster.value;
  return { uid: uid.state === 'seen' ? uid.value : null, context, server };
}
