import { felixSetting, type FelixSources } from '../../calico/felix-settings.ts';
import { releaseGates, releaseVerdict } from '../../calico/releases.ts';
import { udpVariables } from '../../calico/udp-variables.ts';
import type { Observed } from '../../evidence/evidence.ts';
import type { HostDnsPods, PodFacts } from '../../evidence/pod-facts.ts';
import type { Finding } from '../problem.ts';
import { imageOf, releaseUnknown, subjectOf, type Calico } from './calico.ts';
import { findings } from './rules.ts';

/** Pods that are on their host's network and ask the cluster's DNS, whose packets Calico's table for UDP loses. */
export function udpFindings({ node, sources }: Calico, { hostDns = [] }: PodFacts): readonly Finding[] {
  const said = { subject: subjectOf(node), evidence: ['cluster#workloads', 'cluster#pods', 'cluster#calico'] };
  const fine = (why: string, params = {}): readonly Finding[] => [
    findings.pass({ rule: 'udp-fine', why, ...said, params }),
  ];
  const verdict = releaseVerdict(imageOf(node), releaseGates.udp);
  if (verdict.is === 'sound') return fine('release', { release: verdict.release });
  if (hostDns.length === 0) return fine('no-pods');
  const mended = isMended(sources);
  if (mended.state === 'seen' && mended.value) return fine('settings');
  if (verdict.is === 'unknown') return [releaseUnknown(node, said.evidence)];
  if (mended.state === 'unknown') return [findings.unknown({ rule: 'settings-unknown', ...said }, mended.reason)];
  const trouble = {
    rule: 'udp',
    ...said,
    params: { release: verdict.release, pods: hostDns.reduce((sum, one) => sum + one.pods, 0) },
    facts: { workloads: hostDns.map(wordsOf) },
  } as const;
  return [
    mended.state === 'seen'
      ? findings.trouble({ ...trouble, status: 'fail', why: 'known' })
      : findings.trouble({ ...trouble, status: 'warn', why: 'etcd' }),
  ];
}

function wordsOf({ namespace, owner: { kind, name } }: HostDnsPods): string {
  return `${namespace}/${kind}/${name}`;
}

/** Whether both settings are on all nodes what the guide makes of them; one that is known to be otherwise says enough. */
function isMended(sources: FelixSources): Observed<boolean> {
  const all = udpVariables.map(({ field, value }): Observed<boolean> => {
    const setting = felixSetting(field, sources);
    if (setting.state !== 'seen') return setting;
    return { state: 'seen', value: setting.value.every((word) => word?.toLowerCase() === value.toLowerCase()) };
  });
  return (
    all.find((one) => one.state === 'seen' && !one.value) ??
    all.find((one) => one.state === 'unknown') ??
    all.find((one) => one.state === 'not-looked-at') ?? { state: 'seen', value: true }
  );
}
