import type { Evidence } from '../../evidence/evidence.ts';
import { retiredNames, type RetiredNames } from '../../registry/successor.ts';
import type { Finding } from '../problem.ts';
import { mirrorFindings } from './mirrors/mirror-findings.ts';
import { pullSecretFindings, toldOfLogins } from './pull-secrets/pull-secret-findings.ts';
import { pullFindings } from './pulls/pull-findings.ts';
import { retiredFindings } from './retired/retired-findings.ts';

/** At least one finding about the cluster; each part below speaks for itself. */
export function diagnose(
  evidence: Evidence,
  _earlier?: Evidence,
  names: RetiredNames = retiredNames(),
): readonly Finding[] {
  return [
    ...pullFindings(evidence, toldOfLogins(evidence)),
    ...pullSecretFindings(evidence),
    ...retiredFindings(evidence, names),
    ...mirrorFindings(evidence),
  ];
}
