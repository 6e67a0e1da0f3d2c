import {
  registryCandidates,
  type EndpointsOf,
  type RegistryCandidate,
  type SourceCluster,
  type SourceSettings,
} from '../../../images/sources/candidates.ts';
import { hostsFolderFor, oldEndpoints } from '../../../images/sources/hosts-folder.ts';
import type { ManifestQuestion } from '../../../images/sources/source-answer.ts';
import { detectPlatform } from '../../../platforms/platform.ts';
import type { Evidence } from '../../../evidence/evidence.ts';
import type { PlanInput } from '../../problem.ts';
import { restoreRemedy } from '../../../images/sources/restore-inputs.ts';
import type { BaseImagesInputs } from '../inputs.ts';
import { imageNeeds, type NeedyNode } from './needy-images.ts';

const noSettings: SourceSettings = { names: [], plainHttp: [] };

/** The registries that may have an image for a node, those alone that were asked for. */
export function candidatesFor(
  name: string,
  { evidence, sources, inputs }: PlanInput<BaseImagesInputs>,
  { view: { node }, store: { runtime } }: Pick<NeedyNode, 'view' | 'store'>,
): readonly RegistryCandidate[] {
  const from = inputs?.[restoreRemedy]?.from;
  const endpointsOf: EndpointsOf = (registry) => (runtime === 'containerd' ? oldEndpoints(node, registry) : undefined);
  return registryCandidates(name, sources?.settings ?? noSettings, clusterOf(evidence), endpointsOf).filter(
    ({ kind }) => from?.has(kind) !== false,
  );
}

export function clusterOf({ cluster, nodes }: Evidence): SourceCluster {
  if (cluster.state !== 'seen') return { server: undefined, isNks: false };
  const { server, context } = cluster.value;
  const seen = nodes.flatMap(({ api }) => (api.state === 'seen' ? [api.value] : []));
  return { server, isNks: detectPlatform({ server, context, nodes: seen }) === 'nks' };
}

/** What nodes are asked before images are restored: each image that one lacks, of each registry that may have it. */
export function sourceQuestions(input: PlanInput<BaseImagesInputs>): readonly ManifestQuestion[] {
  const { evidence, remedies, inputs } = input;
  if (remedies?.has(restoreRemedy) !== true) return [];
  return imageNeeds(evidence, inputs?.[restoreRemedy]?.images).needy.flatMap((needy) => {
    const { view, store, missing } = needy;
    const { node } = view;
    const { platform, runtime } = store;
    if (platform === undefined) return [];
    return missing
      .filter(({ image }) => !image.isAlwaysPulled)
      .flatMap(({ image }) => candidatesFor(image.name, input, needy))
      .filter(({ oddPath }) => oddPath === undefined)
      .map(({ reference, hosts, tls }: RegistryCandidate) => ({
        node: node.name,
        runtime,
        platform,
        reference,
        hosts,
        hostsFolder: hostsFolderFor(node, { runtime, reference }),
        ...(tls && { tls }),
      }));
  });
}
