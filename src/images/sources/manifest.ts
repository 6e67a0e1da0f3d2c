/** What a manifest says of an image: of one for a platform, or of an index of several. */
export type Manifest =
  | {
      readonly kind: 'image';
      /** Digest of its configuration: the id of the image. */
      readonly id: string;
      /** Of the configuration and the layers as they are transferred. */
      readonly bytes: number;
      /** Its configuration and its layers, each once. */
      readonly parts: readonly ContentPart[];
    }
  | { readonly kind: 'index'; readonly parts: readonly IndexPart[] };

/** Something that is transferred by itself. */
export interface ContentPart {
  /** `sha256:…` */
  readonly digest: string;
  /** As it is transferred. */
  readonly bytes: number;
}

/** Of an image that any runtime takes; Docker lays 127 layers on one another at the most. */
export const mostParts = 200;

export interface IndexPart {
  readonly digest: string;
  /** `linux/amd64`, `linux/arm/v7`; `unknown/unknown` for attestations. */
  readonly platform: string;
}

const digestPattern = /^sha256:[0-9a-f]{64}$/u;

/**
 * Takes a manifest apart, of OCI or of Docker's second schema (OCI image-spec, manifest.md and image-index.md);
 * undefined for anything else, Docker's first schema included: no runtime of today pulls that.
 */
export function readManifest(text: string): Manifest | undefined {
  const root = objectIn(text);
  if (root === undefined || root['schemaVersion'] !== 2) return undefined;
  const { config, layers, manifests } = root;
  if (Array.isArray(manifests)) return indexOf(manifests);
  const [own, parts] = [descriptor(config), Array.isArray(layers) ? layers.map(descriptor) : undefined];
  if (own === undefined || parts === undefined || !parts.every((part) => part !== undefined)) return undefined;
  const all = [own, ...parts];
  return {
    kind: 'image',
    id: own.digest,
    bytes: all.reduce((sum, { size }) => sum + size, 0),
    parts: [...new Map(all.map(({ digest, size }) => [digest, { digest, bytes: size }])).values()],
  };
}

function indexOf(manifests: readonly unknown[]): Manifest | undefined {
  const parts = manifests.map((one): IndexPart | undefined => {
    const part = descriptor(one);
    return part && { digest: part.digest, platform: platformIn(fields(one)?.['platform']) };
  });
  return parts.every((part) => part !== undefined) ? { kind: 'index', parts } : undefined;
}

function platformIn(value: unknown): string {
  const { os, architecture, variant } = fields(value) ?? {};
  const words = [os, architecture, ...(variant === undefined || variant === '' ? [] : [variant])];
  return words.every((word) => typeof word === 'string') ? words.join('/') : 'unknown/unknown';
}

function descriptor(value: unknown): { readonly digest: string; readonly size: number } | undefined {
  const { digest, size } = fields(value) ?? {};
  if (typeof digest !== 'string' || !digestPattern.test(digest)) return undefined;
  return typeof size === 'number' && Number.isSafeInteger(size) && size >= 0 ? { digest, size } : undefined;
}

function objectIn(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return fields(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function fields(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : undefined;
}
