import type { CinderConfig } from '../../evidence/cinder/cinder-config.ts';
import type { ClusterEvidence, Evidence, Observed, UnknownReason } from '../../evidence/evidence.ts';
import type { VolumeFacts } from '../../evidence/volumes/volume-facts.ts';
import type { Finding } from '../problem.ts';
import { cinderNamespace, hasCinder, isBeforeCsi, isTooOld, partsOf, secretName } from './cinder.ts';
import { sizesOf, type NotGrown, type Sizes } from './grown-claims.ts';
import { findings } from './rules.ts';

const cluster = { subject: { kind: 'cluster' }, evidence: ['cluster#volumes'] } as const;
const config = {
  subject: { kind: 'secret', namespace: cinderNamespace, name: secretName },
  evidence: ['cluster#cinder-config'],
} as const;
const sizes = { subject: { kind: 'cluster' }, evidence: ['cluster#volumes', 'nodes#mounted'] } as const;

/** One finding about the driver's configuration, and one about what was grown; or that it cannot happen here. */
export function diagnose(evidence: Evidence): readonly Finding[] {
  const { cluster: seen } = evidence;
  if (seen.state !== 'seen') return [cinderUnknown(seen)];
  const { volumes } = seen.value;
  if (volumes === undefined) return [cinderUnknown(notAsked)];
  if (isBeforeCsi(seen.value)) return [findings.pass({ rule: 'before-csi', ...cluster })];
  const isThere = hasCinder(volumes);
  if (isThere.state !== 'seen') return [cinderUnknown(isThere)];
  if (!isThere.value) return [findings.pass({ rule: 'no-cinder', ...cluster })];
  return ofDriver(evidence, seen.value, volumes);
}

function ofDriver(evidence: Evidence, seen: ClusterEvidence, volumes: VolumeFacts): readonly Finding[] {
  const { cinderConfig = notAsked } = seen;
  const grown = sizesOf(evidence, volumes);
  const notGrown = grown.state === 'seen' ? grown.value.notGrown : [];
  const isMissing = isOff(cinderConfig);
  return [
    ...(isMissing ? [rescanMissing(seen, notGrown)] : configFindings(cinderConfig)),
    ...(notGrown.length > 0 && !isMissing ? [notGrownFinding(notGrown, cinderConfig)] : []),
    ...sizesFindings(grown),
  ];
}

const notAsked = { state: 'not-looked-at', enable: '--kubeconfig' } as const;

type Config = Observed<CinderConfig | 'absent'>;

type Unobserved = Exclude<Observed<never>, { readonly state: 'seen' }>;

function cinderUnknown(one: Unobserved): Finding {
  return one.state === 'unknown'
    ? findings.unknown({ rule: 'cinder-unknown', ...cluster }, one.reason)
    : findings.notLookedAt({ rule: 'cinder-unknown', ...cluster }, one.enable);
}

function isOff(config: Config): boolean {
  return config.state === 'seen' && config.value !== 'absent' && ['off', 'absent'].includes(config.value.rescan);
}

function rescanMissing({ workloads }: ClusterEvidence, notGrown: readonly NotGrown[]): Finding {
  const tooOld = workloads !== undefined && isTooOld(partsOf(workloads));
  const said = {
    rule: 'rescan-missing',
    ...config,
    evidence: [...config.evidence, 'cluster#volumes'],
    ...(tooOld ? { remedy: false as const } : {}),
    ...(notGrown.length === 0 ? {} : { facts: { claims: claimsFact(notGrown) } }),
  } as const;
  return notGrown.length === 0
    ? findings.trouble({ ...said, status: 'warn', why: tooOld ? 'too-old' : 'foreseen' })
    : findings.trouble({ ...said, status: 'fail', why: tooOld ? 'too-old' : 'grown' });
}

function configFindings(seen: Config): readonly Finding[] {
  const lost = (why: string, reason: UnknownReason): readonly Finding[] => [
    findings.unknown({ rule: 'config-unknown', ...config, why }, reason),
  ];
  if (seen.state === 'not-looked-at')
    return [findings.notLookedAt({ rule: 'config-not-looked-at', ...config }, seen.enable)];
  if (seen.state === 'unknown') return lost('unread', seen.reason);
  // It is somewhere else then: the driver does not start without.
  if (seen.value === 'absent') return lost('elsewhere', 'unproven');
  return seen.value.rescan === 'broken'
    ? lost('broken', 'malformed')
    : [findings.pass({ rule: 'rescan-on', ...config })];
}

function notGrownFinding(notGrown: readonly NotGrown[], seen: Config): Finding {
  const isOn = seen.state === 'seen' && seen.value !== 'absent' && seen.value.rescan === 'on';
  return findings.trouble({
    rule: 'not-grown',
    status: 'fail',
    why: isOn ? 'rescan-on' : 'rescan-unknown',
    ...sizes,
    facts: { claims: claimsFact(notGrown) },
  });
}

function claimsFact(notGrown: readonly NotGrown[]) {
  return notGrown.map(({ claim, capacity, bytes }) => ({
    claim,
    capacity,
    ...(bytes === undefined ? {} : { fileSystemBytes: bytes }),
  }));
}

function sizesFindings(grown: Observed<Sizes>): readonly Finding[] {
  if (grown.state !== 'seen')
    return grown.state === 'unknown'
      ? [findings.unknown({ rule: 'sizes-unknown', ...sizes, why: 'claims' }, grown.reason)]
      : [findings.notLookedAt({ rule: 'sizes-not-looked-at', ...sizes }, grown.enable)];
  const { claims, notGrown, unknown, isUnread } = grown.value;
  if (unknown) {
    const params = { nodes: unknown.nodes.join(', ') };
    return [findings.unknown({ rule: 'sizes-unknown', ...sizes, why: 'nodes', params }, unknown.reason)];
  }
  if (isUnread) return [findings.notLookedAt({ rule: 'sizes-not-looked-at', ...sizes }, '--read-kubelet')];
  return notGrown.length > 0 ? [] : [findings.pass({ rule: 'sizes-fine', ...sizes, params: { count: claims } })];
}
