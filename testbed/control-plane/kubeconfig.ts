export interface KubeconfigParts {
  readonly server: string;
  /** PEM. */
  readonly ca: string;
  readonly user: string;
  readonly token?: string;
  readonly certificate?: string;
  readonly key?: string;
}

/** A kubeconfig with one context called `testbed`. JSON is YAML. */
export function kubeconfigText({ server, ca, user, token, certificate, key }: KubeconfigParts): string {
  const base64 = (pem: string) => Buffer.from(pem).toString('base64');
  const credentials = {
    ...(token === undefined ? {} : { token }),
    ...(certificate === undefined ? {} : { 'client-certificate-data': base64(certificate) }),
    ...(key === undefined ? {} : { 'client-key-data': base64(key) }),
  };
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'testbed',
    clusters: [{ name: 'testbed', cluster: { server, 'certificate-authority-data': base64(ca) } }],
    users: [{ name: user, user: credentials }],
    contexts: [{ name: 'testbed', context: { cluster: 'testbed', user } }],
  };
  return `${JSON.stringify(config, undefined, 2)}\n`;
}
