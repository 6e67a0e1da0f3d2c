import { z } from 'zod';
import { observed } from '../observed-schema.ts';

/** The part of a bundle's shape that describes volumes (`volume-facts.ts`). */

const claim = z.object({
  namespace: z.string(),
  name: z.string(),
  volume: z.string(),
  capacity: z.string(),
  resizePendingSince: z.string().exactOptional(),
});

const persistentVolume = z.object({
  name: z.string(),
  driver: z.string(),
  fsType: z.string(),
  accessModes: z.array(z.string()),
});

const attachment = z.object({ volume: z.string(), node: z.string(), attached: z.boolean() });

const driver = z.object({ name: z.string(), attaches: z.boolean(), fsGroupPolicy: z.string() });

export const volumeFacts = z.object({
  claims: observed(z.array(claim)),
  volumes: observed(z.array(persistentVolume)),
  attachments: observed(z.array(attachment)),
  drivers: observed(z.array(driver)),
});
