import type { Evidence } from '../evidence/evidence.ts';
import nks from '../platforms/nks/version-images.json' with { type: 'json' };
import { detectPlatform } from '../platforms/platform.ts';
import { isInvalid, parseReference } from '../registry/reference/image-reference.ts';
import type { NeededImage } from './needed-images.ts';
import table from './version-images.json' with { type: 'json' };

/** `1.34.3` without a `v`, and the line of the table it is of; undefined for what is not a version that is known. */
export function knownVersion(text: string): { readonly version: string; readonly minor: Minor } | undefined {
  const [, version, minor] = /^v?((1\.\d{1,3})\.\d{1,3})$/u.exec(text) ?? [];
  return version !== undefined && minor !== undefined && isMinor(minor) ? { version, minor } : undefined;
}

type Minor = keyof typeof table.versions;

function isMinor(text: string): text is Minor {
  return Object.hasOwn(table.versions, text);
}

/** The first and the last line of the table. */
export const knownMinors: readonly [first: string, last: string] = ((minors) => [minors[0] ?? '', minors.at(-1) ?? ''])(
  Object.keys(table.versions),
);

/**
 * What every node needs when Kubernetes is upgraded to this version, under the repositories that the cluster's own pods
 * have them from today. On NKS only what is upgraded with Kubernetes itself.
 *
 * @param version as `knownVersion` takes it; of another one nothing is known, which is told before (`--for-version`)
 */
export function versionImages(version: string, evidence: Evidence): readonly NeededImage[] {
  const known = knownVersion(version);
  if (known === undefined) return [];
  const { pause, coredns } = table.versions[known.minor];
  const tags = { 'kube-proxy': `v${known.version}`, pause, coredns } as const;
  const names = isNks(evidence) ? nks.upgradedWithKubernetes : Object.keys(tags);
  return Object.entries(tags)
    .filter(([name]) => names.includes(name))
    .map(([name, tag]) => ({
      name: `${repositoryOf(name as keyof typeof tags, evidence)}:${tag}`,
      wanted: [{ by: 'version', name: known.version }],
      isAlwaysPulled: false,
    }));
}

/** Where the pods of kube-system have it from, where they all agree; else where kubeadm has it from. */
function repositoryOf(name: keyof typeof table.repositories, { cluster }: Evidence): string {
  const pods = cluster.state === 'seen' && cluster.value.pods?.state === 'seen' ? cluster.value.pods.value : undefined;
  const repositories = new Set(
    (pods?.uses ?? []).flatMap(({ namespace, image }) => {
      const reference = parseReference(image);
      if (namespace !== 'kube-system' || isInvalid(reference)) return [];
      return reference.repository.split('/').at(-1) === name ? [`${reference.registry}/${reference.repository}`] : [];
    }),
  );
  const [only] = repositories;
  return repositories.size === 1 && only !== undefined ? only : table.repositories[name];
}

function isNks({ cluster, nodes }: Evidence): boolean {
  if (cluster.state !== 'seen') return false;
  const { server, context } = cluster.value;
  const seen = nodes.flatMap(({ api }) => (api.state === 'seen' ? [api.value] : []));
  return detectPlatform({ server, context, nodes: seen }) === 'nks';
}
