import { describe, expect, it } from 'vitest';
import { failureInLog, forwardFailureIn, readConnected } from './ssh-log.ts';

/** Lines as OpenSSH 9.2 printed them to `-E` with `-v`, shortened; addresses are of documentation networks. */
const connected = `OpenSSH_9.2p1 Debian-2+deb12u10, OpenSSL 3.0.19 27 Jan 2026
debug1: Connecting to 192.0.2.7 [192.0.2.7] port 22.
debug1: Remote protocol version 2.0, remote software version OpenSSH_8.2p1 Ubuntu-4ubuntu0.11
debug1: Authenticating to 192.0.2.7:22 as 'ubuntu'
debug1: Server host key: ssh-ed25519 SHA256:dUUuGqNfJ/z9IvyH50tss2B6P2+Sl4WgBQWwIOrINUY
Authenticated to 192.0.2.7 ([192.0.2.7]:22) using "publickey".
`;
const key = 'SHA256:dUUuGqNfJ/z9IvyH50tss2B6P2+Sl4WgBQWwIOrINUY';
const debug = `debug1: Server host key: ssh-ed25519 ${key}\n`;

const cases = [
  ['SSH_REFUSED', 'ssh: connect to host 192.0.2.7 port 2222: Connection refused', { port: 2222 }],
  ['SSH_TIMED_OUT', 'ssh: connect to host 192.0.2.7 port 22: Connection timed out', { port: 22, seconds: 10 }],
  ['SSH_TIMED_OUT', 'ssh: connect to host 192.0.2.7 port 22: Operation timed out', {}],
  ['SSH_TIMED_OUT', 'Connection timed out during banner exchange\nConnection to 192.0.2.7 port 22 timed out', {}],
  ['SSH_TIMED_OUT', 'Timeout, server 192.0.2.7 not responding.', {}],
  ['SSH_NO_ROUTE', 'ssh: connect to host 192.0.2.7 port 22: No route to host', {}],
  ['SSH_NO_ROUTE', 'ssh: connect to host 192.0.2.7 port 22: Network is unreachable', {}],
  ['SSH_NAME_UNRESOLVED', 'ssh: Could not resolve hostname worker-9: Name or service not known', {}],
  [
    'SSH_AUTH_FAILED',
    'ubuntu@192.0.2.7: Permission denied (publickey,password).',
    { tried: 'publickey,password', user: 'ubuntu' },
  ],
  [
    'SSH_AUTH_FAILED',
    'Received disconnect from 192.0.2.7 port 22:2: Too many authentication failures\nDisconnected from 192.0.2.7 port 22',
    { tried: 'Too many authentication failures' },
  ],
  [
    'SSH_HOST_KEY_UNKNOWN',
    `${debug}No ED25519 host key is known for 192.0.2.7 and you have requested strict checking.\nHost key verification failed.`,
    { fingerprint: key },
  ],
  [
    'SSH_HOST_KEY_CHANGED',
    `${debug}@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @\n` +
      `The fingerprint for the ED25519 key sent by the remote host is\n${key}.\n` +
      'Add correct host key in /home/a b/.ssh/known_hosts to get rid of this message.\n' +
      'Offending ECDSA key in /home/a b/.ssh/known_hosts:12\nHost key verification failed.',
    { fingerprint: key, place: '/home/a b/.ssh/known_hosts:12', entry: '192.0.2.7' },
  ],
  [
    'SSH_HOST_KEY_REVOKED',
    `${debug}@       WARNING: REVOKED HOST KEY DETECTED!               @\n` +
      'The ED25519 host key for 192.0.2.7 is marked as revoked.\nHost key verification failed.',
    { fingerprint: key },
  ],
  [
    'SSH_NEGOTIATION_FAILED',
    'Unable to negotiate with 192.0.2.7 port 22: no matching key exchange method found. Their offer: diffie-hellman-group1-sha1',
    { what: 'key exchange method' },
  ],
  [
    'SSH_NEGOTIATION_FAILED',
    'Unable to negotiate with 192.0.2.7 port 22: no matching host key type found. Their offer: ssh-rsa,ssh-dss',
    { what: 'host key type' },
  ],
  [
    'SSH_FORWARDING_DENIED',
    'channel 0: open failed: administratively prohibited: open failed\nstdio forwarding failed\nConnection closed by UNKNOWN port 65535',
    { port: 22, bastion: 'jump', detail: 'open failed' },
  ],
  [
    'SSH_REFUSED',
    'channel 0: open failed: connect failed: Connection refused\nstdio forwarding failed\nConnection closed by UNKNOWN port 65535',
    { port: 22 },
  ],
  [
    'SSH_NOT_AN_SSH_SERVER',
    'debug1: kex_exchange_identification: banner line 0: HTTP/1.1 400 Bad Request\n' +
      'kex_exchange_identification: Connection closed by remote host',
    { detail: 'HTTP/1.1 400 Bad Request' },
  ],
  ['SSH_NOT_AN_SSH_SERVER', 'banner exchange: Connection to 192.0.2.7 port 80: invalid format', { port: 80 }],
  [
    'SSH_CONNECTION_LOST',
    'debug1: kex_exchange_identification: banner line 0: Exceeded MaxStartups\n' +
      'kex_exchange_identification: Connection closed by remote host\nConnection closed by 192.0.2.7 port 22',
    { detail: 'kex_exchange_identification: Connection closed by remote host' },
  ],
  ['SSH_CONNECTION_LOST', 'kex_exchange_identification: read: Connection reset by peer', {}],
  [
    'SSH_CLIENT_FAILED',
    'Bad owner or permissions on /home/a/.ssh/config',
    { detail: 'Bad owner or permissions on /home/a/.ssh/config' },
  ],
  [
    'SSH_CLIENT_FAILED',
    '/home/a/.ssh/config: line 3: Bad configuration option: foo\n/home/a/.ssh/config: terminating, 1 bad configuration options',
    {},
  ],
  ['SSH_CLIENT_FAILED', 'debug1: only noise', { detail: 'no message' }],
] as const;

describe('what ssh writes', () => {
  it('tells the host key and the user of a connection', () => {
    expect(readConnected(connected)).toEqual({ hostKey: key, user: 'ubuntu' });
    expect(readConnected('')).toEqual({ hostKey: undefined, user: undefined });
  });

  it.each(cases)('is %s: %s', (code, log, params) => {
    const destination = { node: 'worker-9', address: '192.0.2.7', identityFiles: [] };
    const error = failureInLog(log, { destination, user: 'ubuntu', bastion: 'jump', seconds: 10 });
    expect(error).toMatchObject({ code, params: { node: 'worker-9', address: '192.0.2.7', ...params } });
  });

  it.each(['\u200e', '\u200f', '\u061c'])('is told with a mark that turns text around (%j) written out', (mark) => {
    const destination = { node: 'worker-9', address: '192.0.2.7', identityFiles: [] };
    const error = failureInLog(`ssh: odd ${mark}words`, { destination, user: 'u', bastion: 'jump', seconds: 10 });
    const detail = `ssh: odd \\u${mark.charCodeAt(0).toString(16).padStart(4, '0')}words`;
    expect(error).toMatchObject({ code: 'SSH_CLIENT_FAILED', params: { detail } });
  });

  it('is in the bastion’s log where that could not forward', () => {
    const log = `debug1: channel 2: new stdio-forward [stdio-forward] (inactive timeout: 0)
debug1: channel 3: new stdio-forward [stdio-forward] (inactive timeout: 0)
channel 2: open failed: connect failed: Connection refused
debug1: client_input_global_request: rtype hostkeys-00@openssh.com want_reply 0
debug1: channel 2: free: direct-tcpip: listening port 0 for 192.0.2.7 port 22, connect from 127.0.0.1 port 65535 to UNKNOWN port 65536, nchannels 4
channel 3: open failed: connect failed: No route to host
debug1: channel 3: free: direct-tcpip: listening port 0 for 192.0.2.8 port 22, connect from 127.0.0.1 port 65535 to UNKNOWN port 65536, nchannels 3
debug1: channel 2: new stdio-forward [stdio-forward] (inactive timeout: 0)
debug1: channel 2: free: direct-tcpip: listening port 0 for 192.0.2.9 port 22, connect from 127.0.0.1 port 65535 to UNKNOWN port 65536, nchannels 3
`;
    expect(forwardFailureIn(log, '192.0.2.7', 22)).toBe('channel 2: open failed: connect failed: Connection refused');
    expect(forwardFailureIn(log, '192.0.2.8', 22)).toBe('channel 3: open failed: connect failed: No route to host');
    expect(forwardFailureIn(log, '192.0.2.9', 22)).toBe('');
    expect(forwardFailureIn(log, '192.0.2.7', 2222)).toBe('');
    expect(forwardFailureIn('', '192.0.2.7', 22)).toBe('');
  });
});
