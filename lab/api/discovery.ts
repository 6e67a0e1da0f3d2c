import { resources } from './resources.ts';

const verbs = ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'];

/** `GET /api/v1`: where a client finds out which version of Eviction the server takes. */
export const coreDiscovery = {
  kind: 'APIResourceList',
  groupVersion: 'v1',
  resources: [
    ...resources
      .filter(({ group }) => group === '')
      .map(({ plural: name, kind, namespaced }) => ({ name, singularName: kind.toLowerCase(), namespaced, kind, verbs })),
    { name: 'pods/eviction', singularName: '', namespaced: true, group: 'policy', version: 'v1', kind: 'Eviction', verbs: ['create'] },
  ],
} as const;
