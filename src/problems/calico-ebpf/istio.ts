import { felixSetting, type FelixSources } from '../../calico/felix-settings.ts';
import type { Observed } from '../../evidence/evidence.ts';
import type { ImageUse, PodFacts } from '../../evidence/pod-facts.ts';
import { isInvalid, parseReference } from '../../registry/reference/image-reference.ts';
import type { Finding } from '../problem.ts';
import type { Calico } from './calico.ts';
import { findings } from './rules.ts';

const said = { subject: { kind: 'cluster' }, evidence: ['cluster#pods', 'cluster#calico'] } as const;

/** Sidecars of Istio, which Felix's balancing of connections at `connect()` leads traffic past. */
export function istioFindings({ sources }: Calico, pods: PodFacts): readonly Finding[] {
  const meshed = meshedPods(pods);
  if (meshed.length === 0) return [findings.pass({ rule: 'istio-fine', why: 'no-sidecars', ...said })];
  const balances = balancesConnections(sources);
  if (balances.state === 'unknown') return [findings.unknown({ rule: 'settings-unknown', ...said }, balances.reason)];
  if (balances.state === 'seen' && !balances.value)
    return [findings.pass({ rule: 'istio-fine', why: 'not-balanced', ...said })];
  return [
    findings.trouble({
      rule: 'istio',
      status: 'warn',
      why: balances.state === 'seen' ? 'known' : 'etcd',
      ...said,
      params: { pods: meshed.reduce((sum, one) => sum + one.pods, 0) },
      facts: { namespaces: [...new Set(meshed.map(({ namespace }) => namespace))].toSorted() },
    }),
  ];
}

/** One use for each owner whose pods have the sidecar beside a container of their own: a gateway has nothing beside it. */
function meshedPods({ uses }: PodFacts): readonly ImageUse[] {
  const byOwner = Map.groupBy(uses, ({ namespace, owner: { apiVersion, kind, name } }) =>
    [namespace, apiVersion, kind, name].join('\n'),
  );
  return [...byOwner.values()].flatMap((all) => {
    const sidecar = all.find(isSidecar);
    return sidecar !== undefined && all.some((one) => one.role === 'container' && !isSidecar(one)) ? [sidecar] : [];
  });
}

/** As Istio's injection writes it, from whatever registry; a native sidecar is an init container. */
function isSidecar({ container, image, role }: ImageUse): boolean {
  if (container !== 'istio-proxy' || (role !== 'container' && role !== 'init')) return false;
  const reference = parseReference(image);
  return !isInvalid(reference) && reference.repository.split('/').at(-1) === 'proxyv2';
}

/**
 * Whether connections are balanced when they are opened, on any node; by default those of TCP are. The setting's older
 * name is in force before it where both are written (v3.27 and later), and is not interpreted here.
 */
function balancesConnections(sources: FelixSources): Observed<boolean> {
  const older = felixSetting('bpfConnectTimeLoadBalancingEnabled', sources);
  if (older.state === 'unknown') return older;
  if (older.state === 'seen' && older.value.some((word) => word !== undefined))
    return { state: 'unknown', reason: 'unproven', detail: 'bpfConnectTimeLoadBalancingEnabled is set' };
  const setting = felixSetting('bpfConnectTimeLoadBalancing', sources);
  if (setting.state !== 'seen') return setting;
  return { state: 'seen', value: setting.value.some((word) => word?.toLowerCase() !== 'disabled') };
}
