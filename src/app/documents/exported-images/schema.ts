import { z } from 'zod';

/** The published form of `images export -o json`. It grows by optional fields; anything else is a new version. */
export const exportedImagesSchema = z.strictObject({
  schema: z.literal('nodemend.dev/exported-images/v1'),
  node: z.string().meta({ description: 'That gave them.' }),
  file: z.string().meta({ description: 'Absolute.' }),
  bytes: z.int().nonnegative().meta({ description: 'Of the file.' }),
  sha256: z.string().meta({ description: 'Of the file, hex.' }),
  images: z.array(
    z.strictObject({
      name: z.string(),
      digest: z.string().meta({ description: 'Of the manifest or index that the name stands for.' }),
      configuration: z.string().meta({ description: 'Digest of the configuration: the id of the image.' }),
      platform: z.string(),
      bytes: z.int().nonnegative(),
    }),
  ),
});

export type ExportedImagesDocument = z.output<typeof exportedImagesSchema>;
