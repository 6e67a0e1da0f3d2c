export interface SecretName {
  readonly namespace: string;
  readonly secret: string;
}

/** `namespace/name`, as people write it. */
export function secretText({ namespace, secret }: SecretName): string {
  return `${namespace}/${secret}`;
}
