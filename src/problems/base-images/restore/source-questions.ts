import {
  registryCandidates,
  type RegistryCandidate,
  type SourceCluster,
  type SourceSettings,
} from '../../../images/sources/candidates.ts';
import { hostsFolder } from '../../../images/sources/hosts-folder.ts';
import type { ManifestQuestion } from '../../../images/sources/source-answer.ts';
import { detectPlatform } from '../../../platforms/platform.ts';
import { containerdRegistries } from '../../../runtimes/containerd/registries.ts';
import { reportedRuntime } from '../../../runtimes/reported-runtime.ts';
import type { Evidence, NodeEvidence } from '../../../evidence/evidence.ts';
import { readFact } from '../../kit/read-fact.ts';
import type { PlanInput } from '../../problem.ts';
import { restoreRemedy } from '../../../images/sources/restore-inputs.ts';
import type { BaseImagesInputs } from '../inputs.ts';
import { imageNeeds } from './needy-images.ts';

const noSettings: SourceSettings = { names: [], plainHttp: [] };

/** The registries that may have an image for a node, those alone that were asked for. */
export function candidatesFor(
  name: string,
  { evidence, sources, inputs }: PlanInput<BaseImagesInputs>,
): readonly RegistryCandidate[] {
  const from = inputs?.[restoreRemedy]?.from;
  return registryCandidates(name, sources?.settings ?? noSettings, clusterOf(evidence)).filter(
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
  return imageNeeds(evidence, inputs?.[restoreRemedy]?.images).needy.flatMap(({ view: { node }, store, missing }) => {
    const { platform, runtime } = store;
    if (platform === undefined) return [];
    return missing
      .filter(({ image }) => !image.isAlwaysPulled)
      .flatMap(({ image }) => candidatesFor(image.name, input))
      .map(({ reference, hosts }: RegistryCandidate) => ({
        node: node.name,
        runtime,
        platform,
        reference,
        hosts,
        hostsFolder: hostsFolderFor(node, { runtime, reference }),
      }));
  });
}

/** Where the runtime looks for the hosts of a reference's registry, for those who ask and for those who pull. */
export function hostsFolderFor(
  node: NodeEvidence,
  { runtime, reference }: Pick<ManifestQuestion, 'runtime' | 'reference'>,
): string | undefined {
  const facts = runtime === 'containerd' ? readFact(node, containerdRegistries) : undefined;
  if (facts?.state !== 'seen' || facts.value === 'no-containerd') return undefined;
  return hostsFolder(facts.value, reportedRuntime(node)?.version, reference.slice(0, reference.indexOf('/')));
}
