import { resources } from './resources.ts';

const verbs = ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'];

/** `GET /api/v1`: where a client finds out which version of Eviction the server takes. */
export const coreDiscovery = {
  kind: 'APIResourceList',
  groupVersion: 'v1',
  resources: [
    ...resources
      .filter(({ group }) => group === '')
      .map(({ plural: name, kind, namespaced }) => ({
        name,
        singularName: kind.toLowerCase(),
        namespaced,
        kind,
        verbs,
      })),
    {
      name: 'pods/eviction',
      singularName: '',
      namespaced: true,
      group: 'policy',
      version: 'v1',
      kind: 'Eviction',
      verbs: ['create'],
    },
  ],
} as const;

/** `GET /apis`: which groups there are; the practice cluster has Kubernetes' own alone, and no custom resources. */
export const groupDiscovery = {
  kind: 'APIGroupList',
  apiVersion: 'v1',
  groups: [
    ...Map.groupBy(
      resources.filter(({ group }) => group !== ''),
      ({ group }) => group,
    ),
  ].map(([name, ofGroup]) => {
    const versions = [...new Set(ofGroup.map(({ version }) => version))].map((version) => ({
      groupVersion: `${name}/${version}`,
      version,
    }));
    return { name, versions, preferredVersion: versions[0] };
  }),
} as const;
