import { oneLine } from './one-line.ts';

/** What Node, OpenSSL and undici throw. */
export interface SystemError extends Error {
  readonly code?: string;
  readonly host?: string;
  readonly cert?: { readonly subjectaltname?: string; readonly subject?: { readonly CN?: string } };
}

/** What went wrong below HTTP. */
export type FailureKind =
  | 'unknown-authority'
  | 'server-certificate-time'
  | 'hostname'
  | 'client-certificate'
  | 'proxy'
  | 'lookup'
  | 'refused'
  | 'timeout'
  | 'cut'
  | 'other';

/** Error codes of OpenSSL's chain check (`man verify`), of getaddrinfo, of sockets and of undici. */
const kinds: Readonly<Record<string, FailureKind>> = {
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

/** @param proxied whether the server is reached by a proxy: then that is who was not found, or refused. */
export function failureKind({ code = '', message }: SystemError, proxied: boolean): FailureKind {
  const kind = kinds[code] ?? 'other';
  if (kind === 'other' && /ALERT_(?!HANDSHAKE|PROTOCOL|INTERNAL)/.test(code)) return 'client-certificate';
  if (!proxied) return kind;
  // The server is dialled by the proxy alone: a failed lookup or connection of ours was the proxy's.
  return kind === 'lookup' || kind === 'refused' || /^Proxy response|socks/i.test(message) ? 'proxy' : kind;
}

/** `DNS:a, IP Address:10.0.0.1` as `a, 10.0.0.1`. */
export function certificateNames({ cert }: SystemError): string {
  const names = cert?.subjectaltname?.replace(/(DNS|IP Address|URI|email):/g, '') ?? cert?.subject?.CN;
  return names ? oneLine(names) : '-';
}

/**
 * What is wrong with a certificate by OpenSSL's own name, which has words in each language; all else as it was said,
 * without the advice that Node adds on its own flags, and OpenSSL's `…:error:0A000410:SSL routines:ssl3_read_bytes:`
 * around its reason.
 */
export function problemOf({ message, code = '', cause }: SystemError): string {
  // What a proxy's certificate lacks is the cause of the error that it could not be used.
  const named = [code, cause instanceof Error && 'code' in cause ? String(cause.code) : ''].find(isCertificateError);
  if (named !== undefined) return named;
  const reason = /:SSL routines:[^:]*:([^:]+):/.exec(message)?.[1];
  return oneLine(reason ?? (message.replace(/; if the root CA is installed locally.*/, '') || code));
}

function isCertificateError(code: string): boolean {
  return kinds[code] === 'unknown-authority' || kinds[code] === 'server-certificate-time';
}

/** Undefined where the other side did speak it. */
export function notTls({ code = '' }: SystemError): string | undefined {
  return /WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|^HPE_/.test(code)
    ? 'what listens there does not speak this protocol (http or https?)'
    : undefined;
}

/** Several addresses of one name fail together as an AggregateError; its first error says why. */
export function systemErrorOf(error: unknown): SystemError {
  if (error instanceof AggregateError && error.errors[0] instanceof Error) return error.errors[0];
  return error instanceof Error ? error : new Error(String(error));
}
