import type { ErrorCode } from '../errors/catalogue.ts';
import { NodemendError, type ErrorParams } from '../errors/nodemend-error.ts';
import type { ClusterAccess } from './cluster-access.ts';
import { oneLine } from './one-line.ts';
import { withoutPassword } from './proxy.ts';

export interface FailedRequest {
  readonly access: ClusterAccess;
  readonly path: string;
  /** How long was waited, for a timeout's text. */
  readonly seconds: number;
}

/**
 * Names what went wrong below HTTP: lookup, connection, proxy, TLS, a connection cut within an answer.
 * @returns API_REFUSED, API_DNS_FAILED, API_TIMED_OUT, API_CONNECTION_CUT, API_UNREACHABLE, API_PROXY_FAILED, API_CA_UNKNOWN,
 * API_HOSTNAME_MISMATCH, API_SERVER_CERTIFICATE_EXPIRED, API_CLIENT_CERTIFICATE_EXPIRED or API_CLIENT_CERTIFICATE_REJECTED.
 */
export function connectionError(error: unknown, failed: FailedRequest): NodemendError {
  const cause = asSystemError(error);
  const [code, params] = descriptions[kindOf(cause, failed.access.proxy !== undefined)](cause, failed);
  return new NodemendError(code, { server: failed.access.server.origin, ...params }, { cause });
}

type Description = readonly [code: ErrorCode, params: ErrorParams];

const descriptions: Readonly<Record<Kind, (cause: SystemError, failed: FailedRequest) => Description>> = {
  'unknown-authority': (cause) => ['API_CA_UNKNOWN', { problem: problemOf(cause) }],
  'server-certificate-time': (cause) => ['API_SERVER_CERTIFICATE_EXPIRED', { problem: problemOf(cause) }],
  hostname: (cause, { access }) => ['API_HOSTNAME_MISMATCH', { host: cause.host || access.server.hostname, names: certificateNames(cause) }],
  'client-certificate': describeClientCertificate,
  proxy: (cause, { access }) => ['API_PROXY_FAILED', { proxy: access.proxy ? withoutPassword(access.proxy) : '', problem: problemOf(cause) }],
  lookup: (_cause, { access }) => ['API_DNS_FAILED', { host: access.server.hostname }],
  refused: () => ['API_REFUSED', {}],
  timeout: (_cause, { seconds }) => ['API_TIMED_OUT', { seconds }],
  cut: (_cause, { path }) => ['API_CONNECTION_CUT', { path }],
  other: (cause) => ['API_UNREACHABLE', { problem: notTls(cause) ?? problemOf(cause) }],
};

interface SystemError extends Error {
  readonly code?: string;
  readonly host?: string;
  readonly cert?: { readonly subjectaltname?: string; readonly subject?: { readonly CN?: string } };
}

type Kind = 'unknown-authority' | 'server-certificate-time' | 'hostname' | 'client-certificate' | 'proxy' | 'lookup' | 'refused' | 'timeout' | 'cut' | 'other';

/** Error codes of OpenSSL's chain check (`man verify`), of getaddrinfo, of sockets and of undici. */
const kinds: Readonly<Record<string, Kind>> = {
  UNABLE_TO_GET_ISSUER_CERT: 'unknown-authority',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'unknown-authority',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'unknown-authority',
  SELF_SIGNED_CERT_IN_CHAIN: 'unknown-authority',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'unknown-authority',
  CERT_SIGNATURE_FAILURE: 'unknown-authority',
  CERT_UNTRUSTED: 'unknown-authority',
  INVALID_CA: 'unknown-authority',
  CERT_HAS_EXPIRED: 'server-certificate-time',
  CERT_NOT_YET_VALID: 'server-certificate-time',
  ERR_TLS_CERT_ALTNAME_INVALID: 'hostname',
  UND_ERR_PRX_CONN: 'proxy',
  UND_ERR_PRX_TLS: 'proxy',
  UND_ERR_SOCKS5: 'proxy',
  ENOTFOUND: 'lookup',
  EAI_AGAIN: 'lookup',
  EAI_FAIL: 'lookup',
  EAI_NODATA: 'lookup',
  ECONNREFUSED: 'refused',
  UND_ERR_CONNECT_TIMEOUT: 'timeout',
  UND_ERR_HEADERS_TIMEOUT: 'timeout',
  UND_ERR_BODY_TIMEOUT: 'timeout',
  ETIMEDOUT: 'timeout',
  ECONNRESET: 'cut',
  EPIPE: 'cut',
  UND_ERR_SOCKET: 'cut',
  HPE_INVALID_EOF_STATE: 'cut',
};

function kindOf({ code = '', message }: SystemError, proxied: boolean): Kind {
  const kind = kinds[code] ?? 'other';
  if (kind === 'other' && /ALERT_(?!HANDSHAKE|PROTOCOL|INTERNAL)/.test(code)) return 'client-certificate';
  if (!proxied) return kind;
  // The server is dialled by the proxy alone: a failed lookup or connection of ours was the proxy's.
  return kind === 'lookup' || kind === 'refused' || /^Proxy response|socks/i.test(message) ? 'proxy' : kind;
}

/** A server that checks client certificates answers with an alert, such as `sslv3 alert certificate expired`. */
function describeClientCertificate({ code = '', message }: SystemError, { access }: FailedRequest): Description {
  const notAfter = access.clientCertificateNotAfter;
  if (code.includes('ALERT_CERTIFICATE_EXPIRED') && notAfter) return ['API_CLIENT_CERTIFICATE_EXPIRED', { user: access.user, notAfter: notAfter.toISOString() }];
  const alert = /ALERT_(\w+)/.exec(code)?.[1]?.toLowerCase().replaceAll('_', ' ');
  return ['API_CLIENT_CERTIFICATE_REJECTED', { user: access.user, problem: alert ?? oneLine(message) }];
}

/** `DNS:a, IP Address:10.0.0.1` as `a, 10.0.0.1`. */
function certificateNames({ cert }: SystemError): string {
  const names = cert?.subjectaltname?.replace(/(DNS|IP Address|URI|email):/g, '') ?? cert?.subject?.CN;
  return names ? oneLine(names) : '-';
}

/** Without the advice that Node adds on its own flags, and OpenSSL's `…:error:0A000410:SSL routines:ssl3_read_bytes:` around its reason. */
function problemOf({ message, code = '' }: SystemError): string {
  const reason = /:SSL routines:[^:]*:([^:]+):/.exec(message)?.[1];
  return oneLine(reason ?? (message.replace(/; if the root CA is installed locally.*/, '') || code));
}

function notTls({ code = '' }: SystemError): string | undefined {
  return /WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|^HPE_/.test(code) ? 'what listens there does not speak this protocol (http or https?)' : undefined;
}

/** Several addresses of one name fail together as an AggregateError; its first error says why. */
function asSystemError(error: unknown): SystemError {
  if (error instanceof AggregateError && error.errors[0] instanceof Error) return error.errors[0];
  return error instanceof Error ? error : new Error(String(error));
}
