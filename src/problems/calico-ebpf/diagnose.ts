import { isSetByVariable, usesBpf, type FelixSources } from '../../calico/felix-settings.ts';
import type { Evidence } from '../../evidence/evidence.ts';
import type { Finding } from '../problem.ts';
import { calicoOf, reasonOf, subjectOf } from './calico.ts';
import { istioFindings } from './istio.ts';
import { nodeNameFindings } from './node-names.ts';
import { findings } from './rules.ts';
import { udpFindings } from './udp.ts';

const cluster = { subject: { kind: 'cluster' }, evidence: ['cluster#workloads', 'cluster#calico'] } as const;

/** Three findings where Calico uses eBPF, or that none of them can happen here. */
export function diagnose(evidence: Evidence, earlier?: Evidence): readonly Finding[] {
  const seen = calicoOf(evidence);
  if (seen.state === 'unknown') return [findings.unknown({ rule: 'calico-unknown', ...cluster }, seen.reason)];
  if (seen.state === 'not-looked-at')
    return [findings.notLookedAt({ rule: 'calico-unknown', ...cluster }, seen.enable)];
  const { value: calico } = seen;
  if (calico === undefined) return [findings.pass({ rule: 'no-calico', ...cluster })];
  const bpf = usesBpf(calico.sources);
  if (bpf.state === 'seen' && !bpf.value) return [withoutBpf(calico.sources)];
  const { pods } = calico;
  const found = [
    ...(pods.state === 'seen'
      ? [...udpFindings(calico, pods.value), ...istioFindings(calico, pods.value)]
      : [findings.unknown({ rule: 'pods-unknown', ...cluster, evidence: ['cluster#pods'] }, reasonOf(pods))]),
    ...nodeNameFindings(calico, { nodes: evidence.nodes, earlier }),
  ];
  if (bpf.state === 'seen' || found.every(({ status }) => status === 'pass')) return found;
  // What would be so with eBPF: whether it is used decides.
  const why = bpf.state === 'unknown' ? 'unread' : 'etcd';
  return [
    findings.unknown(
      { rule: 'ebpf-unknown', why, subject: subjectOf(calico.node), evidence: cluster.evidence },
      reasonOf(bpf),
    ),
  ];
}

function withoutBpf(sources: FelixSources): Finding {
  const why = isSetByVariable('bpfEnabled', sources) ? 'variable' : 'configuration';
  return findings.pass({ rule: 'no-ebpf', why, ...cluster });
}
