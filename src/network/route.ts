import { getCACertificates } from 'node:tls';
import type { buildConnector, Dispatcher } from 'undici';

/** Client certificate chain and private key, PEM. */
export interface ClientCertificate {
  readonly certificate: string;
  readonly key: string;
}

export interface TlsTrust {
  /** PEM. With it no other authority is trusted; without it the system's are. */
  readonly ca: string | undefined;
  /** Name to send as SNI and to check the certificate against, instead of the server's host. */
  readonly serverName: string | undefined;
  readonly insecure: boolean;
}

/** How a server is reached, and whom to trust there. */
export interface RouteAccess {
  readonly tls: TlsTrust;
  readonly proxy: URL | undefined;
}

export interface RouteOptions {
  readonly connectTimeoutMs: number;
}

/** A way to one server. */
export interface Route {
  readonly dispatcher: Dispatcher;
  /** The TLS alert that ended a connection since a time of `performance.now()`, if one did. */
  readonly alertSince: (time: number) => Error | undefined;
}

/** Below the 60 s after which common load balancers drop a quiet connection, so that a write never meets a dead one. */
const keepAliveMs = 30_000;

/**
 * Opens the way to one server: direct or through its proxy, with its authority and this client certificate. undici is
 * loaded here and not at start-up. HTTP/1.1 only: one connection a request keeps a watch from delaying a list.
 */
export async function openRoute(
  access: RouteAccess,
  certificate: ClientCertificate | undefined,
  options: RouteOptions,
): Promise<Route> {
  const undici = await import('undici');
  const tls = {
    ...tlsOptions(access.tls),
    ...(certificate ? { cert: certificate.certificate, key: certificate.key } : {}),
  };
  const common = {
    allowH2: false,
    connectTimeout: options.connectTimeoutMs,
    keepAliveTimeout: keepAliveMs,
    keepAliveMaxTimeout: keepAliveMs,
  };
  if (access.proxy) {
    // Given at all, `proxyTls` makes undici speak TLS to a SOCKS proxy too.
    const proxyTls = access.proxy.protocol === 'https:' ? { proxyTls: { ca: systemAuthorities() } } : {};
    const clientFactory = (origin: URL, { connect }: { readonly connect?: buildConnector.connector }) =>
      new undici.Pool(origin, connect ? { connect: blamingProxy(connect) } : {});
    return {
      dispatcher: new undici.ProxyAgent({
        ...common,
        uri: access.proxy.href,
        requestTls: tls,
        ...proxyTls,
        clientFactory,
      }),
      alertSince: () => undefined,
    };
  }
  let last: { readonly alert: Error; readonly at: number } | undefined;
  const remember = (alert: Error) => (last = { alert, at: performance.now() });
  const connector = undici.buildConnector({ ...tls, allowH2: false, timeout: options.connectTimeoutMs });
  const dispatcher = new undici.Agent({ ...common, connect: noticingAlerts(connector, remember) });
  return { dispatcher, alertSince: (time) => (last && last.at >= time ? last.alert : undefined) };
}

/**
 * Under TLS 1.3 a server judges the client's certificate after the handshake. Its alert is an error of the socket,
 * directly followed by the socket's end, and undici reports only the latter ("other side closed").
 */
function noticingAlerts(connector: buildConnector.connector, notice: (alert: Error) => void): buildConnector.connector {
  return (options, callback) =>
    connector(options, (...result) => {
      result[1]?.once('error', (error: NodeJS.ErrnoException) => {
        if (error.code?.includes('_ALERT_')) notice(error);
      });
      callback(...result);
    });
}

/** Whatever keeps us from the proxy itself, its certificate included, must not read like a trouble of the server. */
function blamingProxy(connector: buildConnector.connector): buildConnector.connector {
  return (options, callback) =>
    connector(options, (...result) => {
      const [error] = result;
      if (error)
        callback(Object.assign(new Error(error.message, { cause: error }), { code: 'UND_ERR_PRX_CONN' }), null);
      else callback(...result);
    });
}

function tlsOptions({ ca, serverName, insecure }: TlsTrust) {
  return {
    // Without an own authority Go trusts the system's, and Node only its own list: both, so that what kubectl reaches
    // is reached.
    ca: ca === undefined ? systemAuthorities() : [ca],
    rejectUnauthorized: !insecure,
    ...(serverName === undefined ? {} : { servername: serverName }),
  };
}

function systemAuthorities(): string[] {
  return [...getCACertificates('default'), ...getCACertificates('system')];
}
