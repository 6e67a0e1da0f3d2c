import { isInvalid, parseReference } from '../../registry/reference/image-reference.ts';
import { namesOf, successorOf } from '../../registry/successor.ts';
import listed from './network-images.json' with { type: 'json' };

/** As much of an object as says which one it is. */
export interface NetworkWorkload {
  readonly group: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
}

const { calico, flannel } = listed;

/** Where NKS has Calico. */
export const calicoNamespace = 'kube-system';

/** Whether it is the DaemonSet that runs Flannel on every node, by the names and namespaces that NKS gives it. */
export function isFlannel({ group, kind, namespace, name }: NetworkWorkload): boolean {
  return (
    group === 'apps' &&
    kind === 'DaemonSet' &&
    flannel.namespaces.includes(namespace ?? '') &&
    flannel.daemonSets.includes(name)
  );
}

/** Whether it is one of Calico's images under a name that no registry serves, in the object that NKS has it in. */
export function isUnservedCalico(object: NetworkWorkload, written: string): boolean {
  return publishedRepository(object, written) !== undefined;
}

/** The name under which Docker Hub has the image that is meant; undefined where the name is not wrong, or has no tag. */
export function calicoImage(object: NetworkWorkload, written: string): string | undefined {
  const repository = publishedRepository(object, written);
  // Without a tag nobody knows which version the cluster runs; a digest is another repository's.
  const [tag] = written.includes('@') ? [] : (/:[^:/]+$/u.exec(written) ?? []);
  return repository === undefined || tag === undefined ? undefined : repository + tag;
}

function publishedRepository({ group, kind, namespace, name }: NetworkWorkload, written: string): string | undefined {
  if (group !== 'apps' || namespace !== calicoNamespace) return undefined;
  const images = calico.find((one) => one.kind === kind && one.name === name)?.images;
  const reference = parseReference(written);
  if (images === undefined || isInvalid(reference)) return undefined;
  return (images as Readonly<Record<string, string>>)[`${reference.registry}/${reference.repository}`];
}

/** All that may be written in the place of an image of the cluster's own network. */
export function networkImageNames(object: NetworkWorkload, written: string): readonly string[] {
  if (isFlannel(object)) return written.startsWith(flannel.from) ? namesOf(successorOf(written)) : [];
  const published = calicoImage(object, written);
  return published === undefined ? [] : [published];
}
