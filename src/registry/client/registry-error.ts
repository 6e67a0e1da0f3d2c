import { NodemendError } from '../../errors/nodemend-error.ts';
import {
  certificateNames,
  failureKind,
  notTls,
  problemOf,
  systemErrorOf,
  type FailureKind,
  type SystemError,
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
  if (untrusted.includes(kind))
    return new NodemendError('REGISTRY_UNTRUSTED', { host, problem: certificateProblem(kind, cause) }, { cause });
  return new NodemendError(
    'REGISTRY_UNREACHABLE',
    { host, seconds, problem: notTls(cause) ?? problemOf(cause), context: kind },
    { cause },
  );
}

function certificateProblem(kind: FailureKind, cause: SystemError): string {
  return kind === 'hostname' ? `it is for ${certificateNames(cause)}` : problemOf(cause);
}
