import type { JsonObject } from '../../src/kubernetes/api.ts';

const [group, plural, kind] = ['nodemaintenance.medik8s.io', 'nodemaintenances', 'NodeMaintenance'];

/** The kind as medik8s installs it, without its schema; and where it is created. */
export const nodeMaintenanceKind: readonly [path: string, body: JsonObject] = [
  '/apis/apiextensions.k8s.io/v1/customresourcedefinitions',
  {
    metadata: { name: `${plural}.${group}`, annotations: { 'api-approved.kubernetes.io': 'unapproved' } },
    spec: {
      group,
      scope: 'Cluster',
      names: { plural, kind },
      versions: [
        {
          name: 'v1beta1',
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
        },
      ],
    },
  },
];

/** Somebody who works on the fans of a node. */
export function nodeMaintenanceOf(nodeName: string): readonly [path: string, body: JsonObject] {
  const body = { apiVersion: `${group}/v1beta1`, kind, metadata: { name: 'fans' }, spec: { nodeName } };
  return [`/apis/${group}/v1beta1/${plural}`, body];
}
