import { z } from 'zod';
import type { Immutable } from '../immutable.ts';

const digest = z
  .string()
  .regex(/^sha256:[0-9a-f]{64}$/)
  .nullable();
const bytes = z.number().nonnegative();
const count = z.int().nonnegative();

const image = z.strictObject({
  name: z.string().meta({ description: 'Written out, as kubelet asks the runtime for it.' }),
  neededBy: z
    .array(
      z.strictObject({
        by: z.enum(['sandbox', 'pod', 'configuration', 'guide', 'version']),
        name: z.string().meta({ description: 'namespace/name of what made the pod; else what names the image.' }),
      }),
    )
    .meta({ description: 'Empty for an image that the node only has (--all).' }),
  alwaysPulled: z.boolean().exactOptional().meta({
    description: 'Every pod that needs it has the pull policy Always: having the image does not help them.',
  }),
  content: z.enum(['whole', 'without-layers', 'half', 'other-platform', 'absent', 'unknown']).meta({
    description:
      'For the platform of the node. without-layers: it works, and cannot be copied to another node. half: what an ' +
      'interrupted pull or a deleted blob leaves. unknown: never counted as there.',
  }),
  found: z
    .strictObject({
      digest: digest.meta({ description: 'What the name stands for on this node; null where it has none.' }),
      id: digest.meta({ description: 'Of its configuration: the image ID that kubelet counts; null where not known.' }),
      bytes: bytes.nullable().meta({
        description: 'As kubelet is told; with Docker the first three or four digits. null where not known.',
      }),
      pin: z.enum(['pinned', 'ignored', 'mislabelled', 'unpinned', 'unknown']).meta({
        description:
          'ignored: pinned, and this container runtime or kubelet does not look at pins. mislabelled: a label that ' +
          'looks like a pin and is none.',
      }),
      use: z.enum(['running', 'ended', 'sandbox', 'perhaps', 'none-running']).meta({
        description:
          'sandbox: only by containers that hold pods together, which kubelet does not count. perhaps: by a name ' +
          'that may have stood for another image.',
      }),
      collection: z.enum(['may', 'perhaps', 'running', 'pinned', 'kubelets-sandbox']).meta({
        description: 'Whether kubelet may remove it to make room (may, perhaps), or what keeps it.',
      }),
      since: z
        .strictObject({ at: z.iso.datetime({ offset: true }), by: z.enum(['content', 'tag']) })
        .nullable()
        .meta({
          description:
            'content: when containerd finished writing it. tag: when it was last tagged, which is all that Docker ' +
            'keeps. null where the runtime does not say.',
        }),
      unpacked: z.boolean().nullable().meta({
        description:
          'Whether the runtime has a snapshot of it, as it found when it was asked; null where that is not known.',
      }),
      lastUsed: z.null().meta({ description: 'kubelet keeps it in memory and no interface tells it: never known.' }),
    })
    .exactOptional()
    .meta({ description: 'What is there under that name; absent where nothing is, or that is not known.' }),
  tagMoved: z
    .literal(true)
    .exactOptional()
    .meta({ description: 'Under this tag the node has another image than most nodes of its platform.' }),
  tagReplaced: z
    .strictObject({
      state: z.enum(['other', 'unknown']).meta({
        description: 'unknown: whether it is another image could not be told, because no node has the one that runs.',
      }),
      running: z.string().meta({ description: 'What they run, as kubelet reports it.' }),
    })
    .exactOptional()
    .meta({
      description:
        'Containers of the node that were started by this tag run another image than it stands for there now, on however ' +
        'many nodes.',
    }),
});

const node = z.strictObject({
  name: z.string(),
  group: z.string().exactOptional().meta({ description: 'The node group.' }),
  state: z.enum(['seen', 'unknown', 'not-looked-at']).meta({
    description: 'Whether the images of the node could be listed; unknown is never counted as fine.',
  }),
  reason: z.string().exactOptional().meta({ description: 'Of an unknown: why they could not be listed.' }),
  detail: z.string().exactOptional().meta({ description: 'Of an unknown: the same in one English sentence.' }),
  runtime: z.enum(['containerd', 'docker']).exactOptional(),
  platform: z.string().nullable().exactOptional().meta({ description: 'As images name it: linux/amd64.' }),
  pins: z.enum(['honoured', 'ignored', 'unknown']).meta({
    description: 'Whether this container runtime and this kubelet keep an image for its pin.',
  }),
  sandbox: z
    .strictObject({
      image: z.string().nullable().meta({ description: 'null where it is not known.' }),
      from: z.string().exactOptional().meta({ description: 'A file, or what else says so.' }),
      why: z
        .enum(['pending', 'disagree', 'split', 'unread', 'version', 'not-told', 'invalid'])
        .exactOptional()
        .meta({
          description:
            'Why it is not known. pending: the configuration was changed since containerd was started. disagree: sandboxes ' +
            'that were started since are made from another image than the configuration names.',
        }),
      candidates: z
        .array(z.strictObject({ image: z.string(), from: z.string(), isInUse: z.boolean() }))
        .exactOptional()
        .meta({
          description:
            'Of pending and disagree, where running sandboxes tell: what containerd makes them from now (isInUse), and what ' +
            'its configuration names.',
        }),
    })
    .meta({ description: 'The image that every pod of the node starts from.' }),
  images: z.array(image),
  others: z
    .strictObject({ images: count, bytes })
    .exactOptional()
    .meta({ description: 'Images that nothing here needs; bytes of those whose size is known.' }),
  odd: count.exactOptional().meta({ description: 'Records whose name kubelet could not ask for.' }),
  downloads: z
    .array(z.strictObject({ what: z.string(), bytes }))
    .exactOptional()
    .meta({ description: 'Downloads that have not ended; an interrupted pull leaves them.' }),
});

/** The published form of `images list -o json`. It grows by optional fields; anything else is a new version. */
export const imagesSchema = z.strictObject({
  schema: z.literal('nodemend.dev/images/v1'),
  collectedAt: z.iso.datetime({ offset: true }).meta({ description: 'When the evidence was collected, RFC 3339.' }),
  nodemend: z.string().meta({ description: 'Version that collected the evidence.' }),
  cluster: z
    .strictObject({ uid: z.string().nullable(), context: z.string(), server: z.string() })
    .nullable()
    .meta({ description: 'null when no API server was used.' }),
  exitCode: z.union([z.literal(0), z.literal(3), z.literal(5)]).meta({
    description: '0 every image that is needed is there, 3 one is missing or not whole, 5 something stayed unknown.',
  }),
  pods: z.enum(['seen', 'unknown', 'not-looked-at']).meta({
    description: 'Whether what pods need is known; without it only the sandbox image and the configuration tell.',
  }),
  nodes: z.array(node).meta({ description: 'Every node that was asked for, by name.' }),
});

export interface ImagesDocument extends Immutable<z.output<typeof imagesSchema>> {}
