import type { Evidence, NodeEvidence, Observed } from '../../evidence/evidence.ts';
import { bootState } from '../../grub/boot-state.ts';
import { parseBootArgument, type BootArgument } from '../../grub/boot-argument.ts';
import { bootedWith } from '../../grub/booted-with.ts';
import { isWritten } from '../../grub/argument-edit.ts';
import { memoryCgroups } from '../../kernel/memory-cgroups.ts';
import { platformOf } from '../../platforms/platform.ts';
import { readFact } from '../kit/read-fact.ts';
import type { Finding } from '../problem.ts';
import { findings } from './rules.ts';
import { minorText, type UpgradePath } from './upgrade-path.ts';

/**
 * The first version that needs version 2: NKS's images from 1.34 on (user guide, constraints on cgroup), kubelet itself
 * from 1.35 on, where `failCgroupV1` is true by default (KEP-5573).
 */
const firstWithout = { nks: 34, generic: 35 } as const;

/**
 * One finding for each node. NKS's images decide; elsewhere kubelet's own configuration may (`failCgroupV1: false`), and it
 * is a question only of an upgrade that somebody names. None without an API server: an upgrade is the cluster's.
 */
export function nodeFindings(evidence: Evidence, path: Observed<UpgradePath>): readonly Finding[] {
  if (path.state === 'not-looked-at') return [];
  const platform = platformOf(evidence);
  const isUnasked = platform === 'generic' && path.state === 'seen' && !path.value.isNamed;
  return evidence.nodes.map((node) => nodeFinding(node, { path, needed: firstWithout[platform], isUnasked }));
}

interface Upgrade {
  readonly path: Exclude<Observed<UpgradePath>, { readonly state: 'not-looked-at' }>;
  /** The first minor version without version 1. */
  readonly needed: number;
  readonly isUnasked: boolean;
}

function nodeFinding(node: NodeEvidence, { path, needed, isUnasked }: Upgrade): Finding {
  const base = { subject: { kind: 'node', name: node.name }, evidence: [`${node.name}#${memoryCgroups.key}`] } as const;
  // Whose node it is, its labels may say.
  for (const seen of [node.api, node.access])
    if (seen.state === 'unknown') return findings.unknown({ rule: 'node-unknown', ...base }, seen.reason);
  // Without a version nobody knows whether it matters.
  if (path.state === 'unknown') return findings.unknown({ rule: 'node-unknown', ...base }, path.reason);
  if (path.value.to < needed)
    return findings.pass({ rule: 'node-fine', why: 'not-needed', ...base, params: { to: minorText(path.value.to) } });
  if (isUnasked)
    return findings.pass({ rule: 'node-fine', why: 'not-named', ...base, params: { to: minorText(path.value.to) } });
  return cgroupFinding(node, { isNamed: path.value.isNamed, needed }, base);
}

type Base = Omit<Parameters<typeof findings.pass>[0], 'rule'>;

function cgroupFinding(
  node: NodeEvidence,
  { isNamed, needed }: Pick<UpgradePath, 'isNamed'> & Pick<Upgrade, 'needed'>,
  base: Base,
): Finding {
  const kernel = readFact(node, memoryCgroups);
  if (kernel.state === 'not-looked-at') {
    const text = 'findings.node-not-looked-at';
    return findings.notLookedAt({ rule: 'node-unknown', text, ...base }, kernel.enable);
  }
  if (kernel.state === 'unknown') return findings.unknown({ rule: 'node-unknown', ...base }, kernel.reason);
  if (kernel.value.version === undefined) return findings.unknown({ rule: 'node-unknown', ...base }, 'malformed');
  if (kernel.value.version === 2) return findings.pass({ rule: 'node-fine', why: 'version-2', ...base });
  const status = isNamed ? 'fail' : 'warn';
  const text = isEdited(node) ? 'findings.cgroup-v1-edited' : 'findings.cgroup-v1';
  return findings.trouble({ rule: 'cgroup-v1', status, text, ...base, params: { needed: minorText(needed) } });
}

/** What the guide, and nodemend, write into GRUB's configuration: with it NKS's own change of it may fail. */
const written = parseBootArgument('cgroup.memory=nokmem') as BootArgument;

function isEdited(node: NodeEvidence): boolean {
  const boot = readFact(node, bootState);
  if (boot.state !== 'seen') return false;
  const booted = bootedWith(boot.value);
  return !('refusal' in booted) && isWritten(booted, written);
}
