import { z } from 'zod';
import { actionBase } from '../action-base-schema.ts';
import { mostParts } from '../../images/sources/manifest.ts';
import { plainPath } from '../file/file-schema.ts';
import { mostDonors, type ImageAction } from './image-action.ts';

const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/u);

/**
 * References as `registry/reference` writes them out. A name is an argument of ctr and docker, and stands in a filter of
 * containerd, so it has none of a filter's own characters.
 */
const name = z.string().regex(/^[a-z0-9][A-Za-z0-9._:/@-]{0,500}$/u);

const byDigest = z.string().regex(/^[a-z0-9][A-Za-z0-9._-]*(?::\d{1,5})?\/[a-z0-9._/-]{1,255}@sha256:[0-9a-f]{64}$/u);

const bytes = z.int().nonnegative();

const node = z.string().min(1).max(300);

const source = z.discriminatedUnion('from', [
  z.strictObject({ from: z.literal('node'), name }),
  z.strictObject({
    from: z.literal('registry'),
    reference: byDigest,
    hosts: z.enum(['runtime', 'https', 'plain-http']),
    hostsFolder: plainPath.exactOptional(),
    tls: z
      .strictObject({
        ca: plainPath.exactOptional(),
        certificate: plainPath.exactOptional(),
        key: plainPath.exactOptional(),
        skipVerify: z.literal(true).exactOptional(),
      })
      .refine(({ certificate, key }) => (certificate === undefined) === (key === undefined), 'one without the other')
      .exactOptional(),
    // A colon would end the user's name where both are written together.
    login: z
      .strictObject({
        user: z.string().regex(/^[^:\p{Cc}]{1,255}$/u),
        hosts: z
          .array(z.string().regex(/^[A-Za-z0-9._:[\]-]{1,300}$/u))
          .min(1)
          .max(100)
          .exactOptional(),
        further: z.literal(true).exactOptional(),
      })
      .exactOptional(),
    parts: z.array(z.strictObject({ digest, bytes })).max(mostParts).exactOptional(),
  }),
  z.strictObject({
    from: z.literal('archive'),
    of: z.union([
      z.strictObject({
        node,
        runtime: z.enum(['containerd', 'docker']),
        others: z.array(node).max(mostDonors).exactOptional(),
      }),
      z.strictObject({ file: z.string().min(1).max(4096), sha256: z.string().regex(/^[0-9a-f]{64}$/u) }),
    ]),
  }),
]);

/** An image action, in a plan file as in a node's record. */
export const imageActionSchema: z.ZodType<ImageAction> = z
  .strictObject({
    kind: z.literal('image'),
    ...actionBase,
    image: name.refine((text) => !text.startsWith('sha256:'), 'an id is not a name'),
    digest,
    configuration: digest.exactOptional(),
    platform: z.string().regex(/^linux\/[a-z0-9]{1,20}(?:\/v\d{1,2})?$/u),
    bytes,
    room: z.strictObject({
      path: plainPath,
      needed: bytes,
      keepFree: bytes,
      inodes: z
        .strictObject({
          needed: z.int().nonnegative().meta({ description: 'Counted on the source node, or an estimate.' }),
          keepFree: z.int().nonnegative(),
        })
        .exactOptional(),
      archiveKeepFree: bytes.exactOptional(),
    }),
    runtime: z.enum(['containerd', 'docker']),
    socket: z.enum(['/run/containerd/containerd.sock', '/var/run/docker.sock']),
    was: z.union([z.literal(''), digest]),
    source,
  })
  .refine(({ was, digest: wanted }) => was === '' || was === wanted, 'the name is another image’s')
  .refine(({ runtime, socket }) => socket.includes(runtime), 'not a socket of that runtime')
  .refine(({ image, digest: wanted }) => standsFor(image, wanted), 'the name says another digest')
  .refine((spec) => spec.source.from !== 'registry' || standsFor(spec.source.reference, spec.digest), 'another digest')
  .refine(({ bytes: coming, room }) => room.needed >= coming, 'it takes more than that')
  .refine(isNameable, 'docker makes names with a digest only of what it pulls under them')
  .refine(
    ({ source: { from }, bytes: coming }) => from !== 'node' || coming === 0,
    'nothing comes from the node itself',
  );

function standsFor(image: string, digestOf: string): boolean {
  return !image.includes('@') || image.endsWith(`@${digestOf}`);
}

function isNameable({ runtime, image, source: from }: ImageAction): boolean {
  return runtime !== 'docker' || !image.includes('@') || (from.from === 'registry' && from.reference === image);
}
