import { findingMaker } from '../kit/findings.ts';
import { pass, unknown, type Rules } from '../kit/rules.ts';
import { problemId } from './meta.ts';

/** All that is said where Calico uses eBPF. */
export const rules = {
  /** UDP of pods on the host's network does not reach Services of the cluster. */
  udp: { fail: 'high', warn: 'high', remedy: 'udp-variables', onRequest: 'udp-variables' },
  'udp-fine': pass,
  /** Connections are led past the sidecars. */
  istio: { warn: 'medium' },
  'istio-fine': pass,
  /** A node has the name of one that was lost track of. */
  'node-name-reused': { fail: 'high' },
  /** The next one that gets such a name. */
  'node-names': { warn: 'medium' },
  'node-names-fine': pass,
  /** It cannot happen here. */
  'no-calico': pass,
  'no-ebpf': pass,
  'calico-unknown': { unknown: true, notLookedAt: true },
  'release-unknown': unknown,
  'ebpf-unknown': unknown,
  'settings-unknown': unknown,
  'pods-unknown': unknown,
} as const satisfies Rules;

export const findings = findingMaker(problemId, rules);
