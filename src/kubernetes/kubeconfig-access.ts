import { NodemendError } from '../errors/nodemend-error.ts';
import { invalid } from './kubeconfig-invalid.ts';
import type { ClientCertificate, TlsTrust } from '../network/route.ts';
import { certificateProblem, notAfter } from './certificate.ts';
import type { ClusterAccess } from './cluster-access.ts';
import { fixedCredentials, type Credentials } from './credentials.ts';
import { execCredentials } from './exec-credentials.ts';
import type { SelectedContext } from './kubeconfig.ts';
import { chooseProxy } from '../network/proxy.ts';
import type { Timing } from './timing.ts';
import { tokenFileCredentials } from './token-file.ts';
import { readNamedFile } from '../files/read-named-file.ts';

export interface AccessOptions {
  readonly environment: NodeJS.ProcessEnv;
  /** Whether an exec plugin may ask the user. */
  readonly hasTerminal: boolean;
  readonly timing: Timing;
}

/**
 * Reads what a context refers to and checks what can be checked without the network: files, key pairs, expiry.
 * @throws NodemendError KUBECONFIG_…, API_CLIENT_CERTIFICATE_EXPIRED.
 */
export async function kubeconfigAccess(selected: SelectedContext, options: AccessOptions): Promise<ClusterAccess> {
  const server = parseServer(selected);
  const certificate = await readClientCertificate(selected);
  const expiry = certificate && notAfter(certificate.certificate);
  if (expiry && expiry.getTime() <= options.timing.now()) {
    throw new NodemendError('API_CLIENT_CERTIFICATE_EXPIRED', {
      user: selected.userName,
      notAfter: expiry.toISOString(),
    });
  }
  return {
    context: selected.name,
    server,
    user: selected.userName,
    tls: await readTrust(selected),
    compress: true,
    proxy: chooseProxy(server, selected.cluster.proxyUrl, options.environment),
    credentials: server.protocol === 'https:' ? credentialsOf(selected, certificate, options) : fixedCredentials({}),
    impersonate: selected.user.impersonate,
    clientCertificateNotAfter: expiry,
  };
}

function parseServer({ cluster, path }: SelectedContext): URL {
  const url = URL.parse(cluster.server.includes('://') ? cluster.server : `https://${cluster.server}`);
  if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    throw invalid(path, { key: 'kubeconfig.server', params: { server: JSON.stringify(cluster.server) } });
  }
  return url;
}

/**
 * A token goes before an exec plugin, and a certificate goes along with either, as in client-go. Only for https: over
 * plain http no credentials are sent at all (client-go: IsConfigTransportTLS).
 */
function credentialsOf(
  selected: SelectedContext,
  certificate: ClientCertificate | undefined,
  options: AccessOptions,
): Credentials {
  const { user, cluster } = selected;
  if (user.tokenFile)
    return withCertificate(tokenFileCredentials(user.tokenFile, user.token, options.timing), certificate);
  if (user.token) return withCertificate(fixedCredentials({ token: user.token }), certificate);
  if (user.exec) return withCertificate(execCredentials({ entry: user.exec, cluster, ...options }), certificate);
  if (!certificate) refuseOldMethods(selected);
  return withCertificate(fixedCredentials({}), certificate);
}

/**
 * Without another way in, a method that servers dropped (basic: 1.19, cloud auth-providers: client 1.26) is an error,
 * not a 401.
 */
function refuseOldMethods({ user, userName }: SelectedContext): void {
  const methods = [
    user.authProvider && `auth-provider ${user.authProvider}`,
    user.hasPassword && 'user name and password',
  ];
  const method = methods.find(Boolean);
  if (method) throw new NodemendError('KUBECONFIG_AUTH_UNSUPPORTED', { user: userName, method });
}

function withCertificate(credentials: Credentials, certificate: ClientCertificate | undefined): Credentials {
  if (!certificate) return credentials;
  return {
    current: async (signal) => ({ certificate, ...(await credentials.current(signal)) }),
    reject: credentials.reject,
  };
}

async function readClientCertificate({ user, path }: SelectedContext): Promise<ClientCertificate | undefined> {
  const certificate = await pemOf('client-certificate', user.clientCertificateData, user.clientCertificate, path);
  const key = await pemOf('client-key', user.clientKeyData, user.clientKey, path);
  if (certificate === undefined && key === undefined) return undefined;
  if (certificate === undefined || key === undefined) {
    const [present, missing] = certificate
      ? ['client-certificate', 'client-key']
      : ['client-key', 'client-certificate'];
    throw invalid(path, { key: 'kubeconfig.half', params: { present, missing } });
  }
  const problem = certificateProblem({ certificate, key });
  if (problem !== undefined) throw invalid(path, { key: 'kubeconfig.key-pair', params: { problem: [problem] } });
  return { certificate, key };
}

async function readTrust({ cluster, path }: SelectedContext): Promise<TlsTrust> {
  const { tlsServerName: serverName, insecureSkipTlsVerify: insecure } = cluster;
  const ca = await pemOf('certificate-authority', cluster.certificateAuthorityData, cluster.certificateAuthority, path);
  if (ca !== undefined && !/-----BEGIN CERTIFICATE-----/.test(ca)) {
    throw invalid(path, { key: 'kubeconfig.authority' });
  }
  if (ca !== undefined && insecure) {
    // client-go refuses this too: "specifying a root certificates file with the insecure flag is not allowed".
    throw invalid(path, { key: 'kubeconfig.insecure' });
  }
  return { ca, serverName, insecure };
}

/** Data wins over a file, as in client-go. */
async function pemOf(
  field: string,
  data: string | undefined,
  file: string | undefined,
  path: string,
): Promise<string | undefined> {
  if (data !== undefined) {
    const text = Buffer.from(data, 'base64').toString('utf8');
    if (text.includes('-----BEGIN ')) return text;
    throw invalid(path, { key: 'kubeconfig.data', params: { field } });
  }
  if (file === undefined) return undefined;
  const bytes = await readNamedFile(file).catch((error: NodeJS.ErrnoException) => {
    throw new NodemendError(
      'KUBECONFIG_FILE_UNREADABLE',
      { file, field, problem: error.code ?? error.message },
      { cause: error },
    );
  });
  return bytes.toString();
}
