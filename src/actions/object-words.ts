import type { ObjectReference } from './cluster-action.ts';

/** As people name an object: `team/Deployment/web`, `ValidatingAdmissionPolicy/retired-images`. */
export function objectWords({ namespace, kind, name }: ObjectReference): string {
  return [...(namespace === undefined ? [] : [namespace]), kind, name].join('/');
}
