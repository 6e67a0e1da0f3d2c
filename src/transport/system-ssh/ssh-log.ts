import type { ErrorCode } from '../../errors/catalogue.ts';
import { NodemendError, type ErrorParams } from '../../errors/nodemend-error.ts';
import { isBusy } from '../busy-sshd.ts';
import { inOneLine } from '../../text/printable.ts';
import { hostId, sshPort } from '../known-hosts/host-id.ts';
import type { Destination } from './destination.ts';

/** What ssh said about a connection it made (`ssh -v`). */
export interface Connected {
  /** `SHA256:…` of the host key it verified. */
  readonly hostKey: string | undefined;
  readonly user: string | undefined;
}

export function readConnected(log: string): Connected {
  return { hostKey: fingerprintIn(log), user: /^debug1: Authenticating to \S+ as '(.*)'$/m.exec(log)?.[1] };
}

interface Failure {
  readonly code: ErrorCode;
  readonly pattern: RegExp;
  /** From what the pattern caught, beside node, address and port. */
  readonly params?: (caught: RegExpExecArray, log: string) => ErrorParams;
}

const place = (_: RegExpExecArray, log: string): ErrorParams => ({
  fingerprint: /^(SHA256:\S+)\.$/m.exec(log)?.[1] ?? fingerprintIn(log) ?? 'unknown',
  place: /^(?:Offending|Known) .*key in (.+?)$/m.exec(log)?.[1] ?? 'known_hosts',
});

/**
 * The messages of OpenSSH's client by which we know what went wrong, from what is most telling to what is least.
 * Sources: sshconnect.c, sshconnect2.c, ssh.c, kex.c, packet.c, misc.c, channels.c of OpenSSH 7.4 to 10.0.
 */
const failures: readonly Failure[] = [
  {
    code: 'SSH_HOST_KEY_REVOKED',
    pattern: /REVOKED HOST KEY DETECTED|is marked as revoked|Host key .* was revoked/i,
    params: place,
  },
  { code: 'SSH_HOST_KEY_CHANGED', pattern: /REMOTE HOST IDENTIFICATION HAS CHANGED/, params: place },
  {
    code: 'SSH_HOST_KEY_UNKNOWN',
    pattern: /host key is known for .* and you have requested strict checking|^Host key verification failed/m,
    params: place,
  },
  {
    code: 'SSH_NEGOTIATION_FAILED',
    pattern: /Unable to negotiate with .*: no matching (.+?) found/,
    params: ([, what = '']) => ({ what }),
  },
  {
    code: 'SSH_AUTH_FAILED',
    pattern: /Permission denied \((.*)\)|(Too many authentication failures)/,
    params: ([, methods, many]) => ({ tried: many ?? methods ?? '' }),
  },
  { code: 'SSH_NAME_UNRESOLVED', pattern: /Could not resolve hostname (\S+):/ },
  {
    code: 'SSH_FORWARDING_DENIED',
    pattern: /open failed: administratively prohibited: (.*)/,
    params: ([, detail = '']) => ({ detail }),
  },
  { code: 'SSH_REFUSED', pattern: /Connection refused/ },
  { code: 'SSH_TIMED_OUT', pattern: /(Connection|Operation) timed out|Timeout, server .* not responding/ },
  { code: 'SSH_NO_ROUTE', pattern: /No route to host|Network is unreachable/ },
  {
    code: 'SSH_NOT_AN_SSH_SERVER',
    pattern: /(banner exchange: .*invalid format|Bad remote protocol version.*)/,
    params: ([, detail = '']) => ({ detail: inOneLine(detail) }),
  },
  {
    code: 'SSH_CONNECTION_LOST',
    pattern: /^(.*(?:Connection (?:closed|reset)|Broken pipe|Exceeded MaxStartups|Not allowed at this time).*)$/m,
    params: ([, detail = '']) => ({ detail: inOneLine(detail) }),
  },
];

export interface FailedConnection {
  readonly destination: Destination;
  /** For people, where the destination names no user. */
  readonly user: string;
  readonly bastion: string;
  readonly seconds: number;
}

/** Why ssh ended, from what it wrote. */
export function failureInLog(log: string, { destination, user, bastion, seconds }: FailedConnection): NodemendError {
  const said = log
    .split(/\r?\n/)
    .filter((line) => !line.startsWith('debug1: '))
    .join('\n');
  const { node, address } = destination;
  // 65535 is what ssh calls the port at the other end of a proxy command.
  const port = Number(/port (?!65535)(\d+)/.exec(said)?.[1] ?? destination.port ?? sshPort);
  const params = { node, address, port, user, bastion, seconds, entry: hostId(address, destination.port ?? sshPort) };
  const foreign = otherLanguage(log);
  if (foreign !== undefined) return new NodemendError('SSH_NOT_AN_SSH_SERVER', { ...params, detail: foreign });
  for (const failure of failures) {
    const caught = failure.pattern.exec(said);
    if (caught) return new NodemendError(failure.code, { ...params, ...failure.params?.(caught, log) });
  }
  return new NodemendError('SSH_CLIENT_FAILED', { node, address, detail: inOneLine(said) || 'no message' });
}

/** The line of a bastion's log that says why it last did not forward to an address; empty when there is none. */
export function forwardFailureIn(log: string, address: string, port: number): string {
  const lines = log.split(/\r?\n/);
  const end = lines.findLastIndex((line) =>
    line.includes(`: free: direct-tcpip: listening port 0 for ${address} port ${port},`),
  );
  const channel = /^debug1: (channel \d+): free/.exec(lines[end] ?? '')?.[1];
  if (channel === undefined) return '';
  // The channel's number has been another one's before.
  const begin = lines.findLastIndex((line, index) => index < end && line.startsWith(`debug1: ${channel}: new `));
  return lines.slice(begin + 1, end).find((line) => line.startsWith(`${channel}: open failed: `)) ?? '';
}

/** What was said in place of an SSH identification, unless that is sshd's way of saying that it is busy. */
function otherLanguage(log: string): string | undefined {
  const line = /^debug1: kex_exchange_identification: banner line \d+: (.*)$/m.exec(log)?.[1];
  const identified = /^debug1: Remote protocol version/m.test(log);
  return line === undefined || identified || isBusy(line) ? undefined : inOneLine(line);
}

function fingerprintIn(log: string): string | undefined {
  return /^debug1: Server host key: \S+ (SHA256:\S+)/m.exec(log)?.[1];
}
