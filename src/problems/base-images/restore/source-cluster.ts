import type { Evidence } from '../../../evidence/evidence.ts';
import type { SourceCluster } from '../../../images/sources/candidates.ts';
import { nksRegistryIn } from '../../../platforms/nks/registry.ts';
import { platformOf } from '../../../platforms/platform.ts';

/** What a cluster says of where its images come from. @param names of images that its nodes need or have, canonical */
export function sourceCluster(evidence: Evidence, names: readonly string[]): SourceCluster {
  const { cluster } = evidence;
  return {
    server: cluster.state === 'seen' ? cluster.value.server : undefined,
    isNks: cluster.state === 'seen' && platformOf(evidence) === 'nks',
    nksRegistries: [...new Set(names.flatMap((name) => nksRegistryIn(name) ?? []))],
  };
}
