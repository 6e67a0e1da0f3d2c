import { getCACertificates } from 'node:tls';
import type { Dispatcher } from 'undici';
import type { ClientCertificate } from './certificate.ts';
import type { ClusterAccess, TlsTrust } from './cluster-access.ts';

export interface DispatcherOptions {
  readonly connectTimeoutMs: number;
}

/** Below the 60 s after which common load balancers drop a quiet connection, so that a write never meets a dead one. */
const keepAliveMs = 30_000;

/**
 * Opens the way to one server: direct or through its proxy, with its authority and this client certificate. undici is
 * loaded here and not at start-up. HTTP/1.1 only: one connection a request keeps a watch from delaying a list.
 */
export async function openDispatcher(access: ClusterAccess, certificate: ClientCertificate | undefined, options: DispatcherOptions): Promise<Dispatcher> {
  const { Agent, ProxyAgent } = await import('undici');
  const tls = { ...tlsOptions(access.tls), ...(certificate ? { cert: certificate.certificate, key: certificate.key } : {}) };
  const common = { allowH2: false, connectTimeout: options.connectTimeoutMs, keepAliveTimeout: keepAliveMs, keepAliveMaxTimeout: keepAliveMs };
  if (!access.proxy) return new Agent({ ...common, connect: { ...tls, timeout: options.connectTimeoutMs } });
  return new ProxyAgent({ ...common, uri: access.proxy.href, requestTls: tls, proxyTls: { ca: systemAuthorities() } });
}

function tlsOptions({ ca, serverName, insecure }: TlsTrust) {
  return {
    // Without an own authority Go trusts the system's, and Node only its own list: both, so that what kubectl reaches is reached.
    ca: ca === undefined ? systemAuthorities() : [ca],
    rejectUnauthorized: !insecure,
    ...(serverName === undefined ? {} : { servername: serverName }),
  };
}

function systemAuthorities(): string[] {
  return [...getCACertificates('default'), ...getCACertificates('system')];
}
