import { isInvalid, parseReference } from '../registry/reference/image-reference.ts';

type Numbers = readonly [major: number, minor: number, patch: number];

/** A trouble of releases of one part of Calico: those of each line from `first` on, until one that has it `fixed`. */
export interface ReleaseGate {
  /** What the part's image is called: by Calico, and where a registry has no folders. */
  readonly images: readonly string[];
  readonly lines: readonly { readonly first: Numbers; readonly fixed: Numbers }[];
  /** It takes this datastore; absent where any will do. */
  readonly datastore?: 'etcd';
  readonly sources: readonly string[];
}

/** Which releases have which trouble: all gates by version that anything about Calico is judged by. */
export const releaseGates = {
  /** UDP of pods on the host's network does not reach Services. */
  udp: {
    images: ['node', 'calico-node'],
    lines: [{ first: [3, 28, 0], fixed: [3, 28, 1] }],
    sources: [
      'NKS troubleshooting guide, 2024-10-08 (TOAST-DOCS/Container-Kubernetes d9a6125): "Calico v3.28.0"',
      'projectcalico/calico release-notes/v3.28.1-release-notes.md: 8988, 9052 (routes of UDP services)',
    ],
  },
  /** A node that is gone stays in Calico's data, and the next one of that name finds it there. */
  'lost-nodes': {
    images: ['kube-controllers', 'calico-kube-controllers'],
    lines: [
      { first: [3, 27, 0], fixed: [3, 27, 5] },
      { first: [3, 28, 0], fixed: [3, 28, 2] },
    ],
    datastore: 'etcd',
    sources: [
      'NKS troubleshooting guide, 2024-10-07 (TOAST-DOCS/Container-Kubernetes 7e4b8ad): v3.28.0, fixed in v3.28.2',
      'projectcalico/calico issue 9182',
      'projectcalico/calico release-notes/v3.28.2-release-notes.md: 9197 "[etcd mode]"',
      'projectcalico/calico release-notes/v3.27.5-release-notes.md: 9198 "[etcd mode]"',
    ],
  },
} as const satisfies Readonly<Record<string, ReleaseGate>>;

export type ReleaseVerdict =
  | { readonly is: 'affected' | 'sound'; readonly release: string }
  /** The image does not tell its release: another name, a digest, a tag of somebody's own. */
  | { readonly is: 'unknown' };

/** Architectures that Calico publishes its images for, each with a tag of its own as well. */
const ofArchitecture = /^(?:-(?:amd64|arm64|ppc64le|s390x))?$/;

/** Whether an image's release has the trouble. A tag is a word: one that a digest stands beside says nothing. */
export function releaseVerdict(image: string, { images, lines }: ReleaseGate): ReleaseVerdict {
  const tagged = tagOf(image, images);
  if (tagged === undefined) return { is: 'unknown' };
  const { numbers, rest } = tagged;
  const release = `v${numbers.join('.')}`;
  if (!lines.some(({ first, fixed }) => compare(numbers, first) >= 0 && compare(numbers, fixed) < 0))
    return { is: 'sound', release };
  // Somebody's own build of an affected release may have what mends it.
  return ofArchitecture.test(rest) ? { is: 'affected', release } : { is: 'unknown' };
}

/** The release in an image's tag, and what stands behind it; undefined for another image, or where none is told. */
function tagOf(
  image: string,
  names: readonly string[],
): { readonly numbers: Numbers; readonly rest: string } | undefined {
  const reference = parseReference(image);
  if (isInvalid(reference) || reference.digest !== null) return undefined;
  if (!names.includes(reference.repository.split('/').at(-1) ?? '')) return undefined;
  const [, major, minor, patch, rest = ''] = /^v?(\d+)\.(\d+)\.(\d+)(.*)$/.exec(reference.tag ?? '') ?? [];
  return major === undefined ? undefined : { numbers: [Number(major), Number(minor), Number(patch)], rest };
}

function compare(a: Numbers, b: Numbers): number {
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2];
}
