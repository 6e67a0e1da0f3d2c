import type { ErrorCode } from '../errors/catalogue.ts';
import { NodemendError, isNodemendError } from '../errors/nodemend-error.ts';
import type { Observed, UnknownReason } from './evidence.ts';
import { redactText } from './redact.ts';

export type Unknown = Extract<Observed<never>, { readonly state: 'unknown' }>;

/**
 * What an error means for what was asked for. A test holds that every code of a transport and of the API client is
 * here.
 */
const reasons: Readonly<Partial<Record<ErrorCode, UnknownReason>>> = {
  SSH_REFUSED: 'unreachable',
  SSH_TIMED_OUT: 'timed-out',
  SSH_NO_ROUTE: 'unreachable',
  SSH_CONNECTION_LOST: 'unreachable',
  SSH_NAME_UNRESOLVED: 'unreachable',
  SSH_NOT_AN_SSH_SERVER: 'unreachable',
  SSH_NEGOTIATION_FAILED: 'negotiation-failed',
  SSH_AUTH_FAILED: 'auth-failed',
  SSH_NO_KEY_TO_OFFER: 'auth-failed',
  SSH_IDENTITY_UNUSABLE: 'auth-failed',
  SSH_HOST_KEY_UNKNOWN: 'host-key-unknown',
  SSH_HOST_KEY_CHANGED: 'host-key-changed',
  SSH_HOST_KEY_REVOKED: 'host-key-changed',
  SSH_HOST_CERTIFICATE_ONLY: 'host-key-unknown',
  SSH_FORWARDING_DENIED: 'unreachable',
  SSH_SESSION_REFUSED: 'auth-failed',
  SSH_CLIENT_MISSING: 'unreachable',
  SSH_CLIENT_FAILED: 'unreachable',
  KNOWN_HOSTS_UNREADABLE: 'host-key-unknown',
  KNOWN_HOSTS_UNWRITABLE: 'host-key-unknown',
  PATH_UNSAFE: 'host-key-unknown',
  TARGET_UNUSABLE: 'unreachable',
  POD_NAMESPACE_MISSING: 'unreachable',
  POD_REFUSED: 'forbidden',
  POD_IMAGE_UNAVAILABLE: 'unreachable',
  POD_NODE_NOT_READY: 'unreachable',
  POD_NODE_FULL: 'unreachable',
  POD_NOT_STARTED: 'unreachable',
  POD_COMMAND_FAILED: 'probe-failed',
  POD_CONNECTION_LOST: 'unreachable',
  LOGIN_SHELL_FAILED: 'probe-failed',
  SUDO_UNAVAILABLE: 'needs-root',
  COMMAND_TIMED_OUT: 'timed-out',
  COMMAND_INTERRUPTED: 'interrupted',
  COMMAND_ARGUMENT_UNUSABLE: 'probe-failed',

  NODE_IDENTITY_UNKNOWN: 'malformed',
  NODE_IDENTITY_MISMATCH: 'malformed',
  PROBE_ENDED_EARLY: 'probe-failed',
  PROBE_OUTPUT_TOO_LARGE: 'truncated',
  PROBE_NO_SCRATCH: 'probe-failed',
  PROBE_SCRATCH_FULL: 'probe-failed',
  SECTION_NOT_SENT: 'probe-failed',
  SECTION_TIMED_OUT: 'timed-out',
  SECTION_NEEDS_ROOT: 'needs-root',
  SECTION_TOOL_MISSING: 'tool-missing',
  SECTION_KILLED: 'probe-failed',

  API_CLIENT_CERTIFICATE_EXPIRED: 'auth-failed',
  API_CLIENT_CERTIFICATE_REJECTED: 'auth-failed',
  API_CA_UNKNOWN: 'unreachable',
  API_SERVER_CERTIFICATE_EXPIRED: 'unreachable',
  API_HOSTNAME_MISMATCH: 'unreachable',
  API_REFUSED: 'unreachable',
  API_DNS_FAILED: 'unreachable',
  API_TIMED_OUT: 'timed-out',
  API_CONNECTION_CUT: 'unreachable',
  API_UNREACHABLE: 'unreachable',
  API_PROXY_FAILED: 'unreachable',
  API_UNAUTHORIZED: 'auth-failed',
  API_FORBIDDEN: 'forbidden',
  API_NOT_FOUND: 'malformed',
  API_CONFLICT: 'malformed',
  API_EXPIRED: 'malformed',
  API_THROTTLED: 'unreachable',
  API_SERVER_ERROR: 'unreachable',
  API_REJECTED: 'forbidden',
  API_ANSWER_INVALID: 'malformed',
  API_ANSWER_TOO_LARGE: 'truncated',
  REGISTRY_UNREACHABLE: 'unreachable',
  REGISTRY_UNTRUSTED: 'unreachable',
  REGISTRY_ANSWER_INVALID: 'malformed',
  REGISTRY_WANTS_NO_LOGIN: 'malformed',
  RATE_LIMIT_UNKNOWN: 'malformed',
  NODE_WITHOUT_HTTP: 'tool-missing',
  WORKLOAD_MISSING: 'malformed',
  EXEC_PLUGIN_MISSING: 'auth-failed',
  EXEC_PLUGIN_FAILED: 'auth-failed',
  EXEC_PLUGIN_OUTPUT_INVALID: 'auth-failed',
  EXEC_PLUGIN_NEEDS_TERMINAL: 'auth-failed',
};

/**
 * The reason that an error of this code stands for; undefined for errors that are not a property of what is looked at.
 */
export function reasonOf(code: ErrorCode): UnknownReason | undefined {
  return reasons[code];
}

/**
 * What an error leaves unknown. Its words may hold what a node or a server wrote, so they are redacted.
 * @throws the error itself when it is a fault of nodemend's own, or one of usage: those must be heard.
 */
export function unknownOf(error: unknown): Unknown {
  const reason = isNodemendError(error) ? reasonOf(error.code) : undefined;
  if (!isNodemendError(error) || reason === undefined) throw error;
  const params = Object.fromEntries(
    Object.entries(error.params).map(([key, value]) => [key, typeof value === 'string' ? redactText(value) : value]),
  );
  const { message } = new NodemendError(error.code, params);
  return { state: 'unknown', reason, detail: message, error: { code: error.code, params } };
}

/** What reading brought, or why it brought nothing. @throws what `unknownOf` throws */
export async function seeing<T>(read: () => Promise<T>): Promise<Observed<T>> {
  try {
    return { state: 'seen', value: await read() };
  } catch (error) {
    return unknownOf(error);
  }
}
