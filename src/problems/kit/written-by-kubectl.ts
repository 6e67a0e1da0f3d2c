import type { JsonObject } from '../../kubernetes/api.ts';

/**
 * `metadata.managedFields` of what people wrote with kubectl, for practice: that cluster remembers who writes only where
 * somebody is named already, and of an object without a writer somebody would have taken it away.
 */
export const writtenByKubectl: readonly JsonObject[] = [
  {
    manager: 'kubectl-client-side-apply',
    operation: 'Update',
    apiVersion: 'apps/v1',
    fieldsType: 'FieldsV1',
    fieldsV1: {},
  },
];
