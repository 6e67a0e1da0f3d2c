import type { ErrorCode } from '../errors/catalogue.ts';
import { NodemendError, type ErrorParams } from '../errors/nodemend-error.ts';
import {
  certificateNames,
  failureKind,
  notTls,
  problemOf,
  systemErrorOf,
  type FailureKind,
  type SystemError,
} from '../network/failure.ts';
import { oneLine } from '../network/one-line.ts';
import { withoutPassword } from '../network/proxy.ts';
import type { ClusterAccess } from './cluster-access.ts';

export interface FailedRequest {
  readonly access: ClusterAccess;
  readonly path: string;
  /** How long was waited, for a timeout's text. */
  readonly seconds: number;
}

/**
 * Names what went wrong below HTTP: lookup, connection, proxy, TLS, a connection cut within an answer.
 * @returns API_REFUSED, API_DNS_FAILED, API_TIMED_OUT, API_CONNECTION_CUT, API_UNREACHABLE, API_PROXY_FAILED,
 *   API_CA_UNKNOWN, API_HOSTNAME_MISMATCH, API_SERVER_CERTIFICATE_EXPIRED, API_CLIENT_CERTIFICATE_EXPIRED or
 *   API_CLIENT_CERTIFICATE_REJECTED.
 */
export function connectionError(error: unknown, failed: FailedRequest): NodemendError {
  const cause = systemErrorOf(error);
  const [code, params] = descriptions[failureKind(cause, failed.access.proxy !== undefined)](cause, failed);
  return new NodemendError(code, { server: failed.access.server.origin, ...params }, { cause });
}

type Description = readonly [code: ErrorCode, params: ErrorParams];

const descriptions: Readonly<Record<FailureKind, (cause: SystemError, failed: FailedRequest) => Description>> = {
  'unknown-authority': (cause) => ['API_CA_UNKNOWN', { problem: problemOf(cause) }],
  'server-certificate-time': (cause) => ['API_SERVER_CERTIFICATE_EXPIRED', { problem: problemOf(cause) }],
  hostname: (cause, { access }) => [
    'API_HOSTNAME_MISMATCH',
    { host: cause.host || access.server.hostname, names: certificateNames(cause) },
  ],
  'client-certificate': describeClientCertificate,
  proxy: (cause, { access }) => [
    'API_PROXY_FAILED',
    {
      proxy: access.proxy ? withoutPassword(access.proxy) : '',
      problem: problemOf(cause),
      host: access.server.hostname,
      context: proxyTrouble(cause),
    },
  ],
  lookup: (_cause, { access }) => ['API_DNS_FAILED', { host: access.server.hostname }],
  refused: () => ['API_REFUSED', {}],
  timeout: (_cause, { seconds }) => ['API_TIMED_OUT', { seconds }],
  cut: (_cause, { path }) => ['API_CONNECTION_CUT', { path }],
  other: (cause) => ['API_UNREACHABLE', unreachable(cause)],
};

function unreachable(cause: SystemError): ErrorParams {
  const problem = notTls(cause);
  return problem === undefined ? { problem: problemOf(cause) } : { problem, context: 'protocol' };
}

/** Which next step there is: the proxy wants a login (RFC 9110, 407), is not to be had, or refuses this server. */
function proxyTrouble({ code = '', message }: SystemError): 'login' | 'absent' | 'refusal' {
  if (/\b407\b/.test(message)) return 'login';
  return /^(?:ENOTFOUND|EAI_|ECONNREFUSED|UND_ERR_PRX_CONN)/.test(code) ? 'absent' : 'refusal';
}

/** A server that checks client certificates answers with an alert, such as `sslv3 alert certificate expired`. */
function describeClientCertificate({ code = '', message }: SystemError, { access }: FailedRequest): Description {
  const notAfter = access.clientCertificateNotAfter;
  if (code.includes('ALERT_CERTIFICATE_EXPIRED') && notAfter)
    return ['API_CLIENT_CERTIFICATE_EXPIRED', { user: access.user, notAfter: notAfter.toISOString() }];
  const alert = /ALERT_(\w+)/.exec(code)?.[1]?.toLowerCase().replaceAll('_', ' ');
  return ['API_CLIENT_CERTIFICATE_REJECTED', { user: access.user, problem: alert ?? oneLine(message) }];
}
