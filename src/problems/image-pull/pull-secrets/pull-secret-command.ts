/** What to type to put it right; the user's name is not kept in evidence, and a password is asked for. */
export function pullSecretCommand({ registry, name, namespace }: { readonly registry: string; readonly name: string; readonly namespace: string }): string {
  return `nodemend pull-secret --registry ${registry} --name ${name} --namespace ${namespace} --username USER`;
}

/** Where pods name no secret yet. */
export const usualName = 'nodemend-pull';
