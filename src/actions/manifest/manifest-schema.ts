import { z } from 'zod';
import { clusterActionBase, jsonObject } from '../cluster-action-base-schema.ts';

/** A Secret in a plan would be shown, saved and kept in the cluster's record. */
const object = clusterActionBase.object.refine(
  ({ group, resource }) => group !== '' || resource !== 'secrets',
  'not for Secrets',
);

const state = z.union([z.literal('absent'), jsonObject]);

export const manifestActionSchema = z.strictObject({
  kind: z.literal('manifest'),
  ...clusterActionBase,
  object,
  from: state,
  to: state,
});
