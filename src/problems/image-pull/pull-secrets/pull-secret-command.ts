interface WantedSecret {
  readonly registry: string;
  readonly name: string;
  readonly namespace: string;
  /** Of pods that name no secret: it hands the new one to those that are made from now on. */
  readonly serviceAccount?: string;
}

/** What to type to put it right; the user's name is not kept in evidence, and a password is asked for. */
export function pullSecretCommand({ registry, name, namespace, serviceAccount }: WantedSecret): string {
  const attached = serviceAccount === undefined ? '' : ` --service-account ${serviceAccount}`;
  return `nodemend pull-secret --registry ${registry} --name ${name} --namespace ${namespace}${attached} --username USER`;
}

/** Where pods name no secret yet. */
export const usualName = 'nodemend-pull';
