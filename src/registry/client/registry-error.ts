import { NodemendError } from '../../errors/nodemend-error.ts';
import {
  certificateNames,
  failureKind,
  notTls,
  problemOf,
  systemErrorOf,
  type FailureKind,
} from '../../network/failure.ts';

interface FailedExchange {
  /** Host and port of whoever was asked: the registry, or the server that gives its tokens. */
  readonly host: string;
  readonly proxied: boolean;
  /** How long was waited. */
  readonly seconds: number;
}

const untrusted: readonly FailureKind[] = [
  'unknown-authority',
  'server-certificate-time',
  'hostname',
  'client-certificate',
];

/** @returns REGISTRY_UNTRUSTED for a certificate, REGISTRY_UNREACHABLE for all else below HTTP. */
export function registryError(error: unknown, { host, proxied, seconds }: FailedExchange): NodemendError {
  const cause = systemErrorOf(error);
  const kind = failureKind(cause, proxied);
  if (kind === 'hostname') {
    const names = certificateNames(cause);
    const params = { host, problem: `it is for ${names}`, names, context: kind };
    return new NodemendError('REGISTRY_UNTRUSTED', params, { cause });
  }
  if (untrusted.includes(kind))
    return new NodemendError('REGISTRY_UNTRUSTED', { host, problem: problemOf(cause) }, { cause });
  const mistaken = notTls(cause);
  const problem = mistaken ?? problemOf(cause);
  const context = mistaken === undefined ? kind : 'protocol';
  return new NodemendError('REGISTRY_UNREACHABLE', { host, seconds, problem, context }, { cause });
}
