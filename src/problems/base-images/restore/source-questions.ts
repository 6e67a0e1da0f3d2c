import {
  registryCandidates,
  type EndpointsOf,
  type RegistryCandidate,
  type SourceSettings,
} from '../../../images/sources/candidates.ts';
import { helpsNobody } from '../../../images/needed-images.ts';
import { hostsFolderFor, oldEndpoints } from '../../../images/sources/hosts-folder.ts';
import type { ManifestQuestion } from '../../../images/sources/source-answer.ts';
import type { PlanInput } from '../../problem.ts';
import { restoreRemedy } from '../../../images/sources/restore-inputs.ts';
import type { BaseImagesInputs } from '../inputs.ts';
import { imageNeeds, type ImageNeeds, type NeedyNode } from './needy-images.ts';

const noSettings: SourceSettings = { names: [], plainHttp: [] };

/** The registries that may have an image for a node, those alone that were asked for. */
export function candidatesFor(
  name: string,
  { sources, inputs }: Pick<PlanInput<BaseImagesInputs>, 'sources' | 'inputs'>,
  { view: { node }, store: { runtime } }: Pick<NeedyNode, 'view' | 'store'>,
  cluster: ImageNeeds['cluster'],
): readonly RegistryCandidate[] {
  const from = inputs?.[restoreRemedy]?.from;
  const endpointsOf: EndpointsOf = (registry) => (runtime === 'containerd' ? oldEndpoints(node, registry) : undefined);
  return registryCandidates(name, sources?.settings ?? noSettings, cluster, endpointsOf).filter(
    ({ kind }) => from?.has(kind) !== false,
  );
}

/** What nodes are asked before images are restored: each image that one lacks, of each registry that may have it. */
export function sourceQuestions(input: PlanInput<BaseImagesInputs>): readonly ManifestQuestion[] {
  const { evidence, remedies, inputs } = input;
  if (remedies?.has(restoreRemedy) !== true) return [];
  const { needy: all, cluster } = imageNeeds(evidence, inputs?.[restoreRemedy]?.images);
  return all.flatMap((needy) => {
    const { view, store, missing } = needy;
    const { node } = view;
    const { platform, runtime } = store;
    if (platform === undefined) return [];
    return missing
      .filter(({ image }) => !helpsNobody(image))
      .flatMap(({ image }) => candidatesFor(image.name, input, needy, cluster))
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
