import { describe, expect, it } from 'vitest';
import { handshakeError, socketError } from './ssh-errors.ts';

const endpoint = { node: 'node-1', address: '192.0.2.7', port: 22, user: 'ubuntu' };
const withCode = (code: string): NodeJS.ErrnoException =>
  Object.assign(new Error(`connect ${code} 192.0.2.7:22`), { code });

describe('an error of the connection', () => {
  it.each([
    ['ECONNREFUSED', 'SSH_REFUSED', true],
    ['ETIMEDOUT', 'SSH_TIMED_OUT', true],
    ['EHOSTUNREACH', 'SSH_NO_ROUTE', true],
    ['ENETUNREACH', 'SSH_NO_ROUTE', true],
    ['ENOTFOUND', 'SSH_NAME_UNRESOLVED', false],
    ['EAI_AGAIN', 'SSH_NAME_UNRESOLVED', false],
    ['ECONNRESET', 'SSH_CONNECTION_LOST', true],
    ['EMFILE', 'SSH_CONNECTION_LOST', true],
  ] as const)('%s is %s', (errno, code, retryable) => {
    expect(socketError(endpoint, withCode(errno), 10)).toMatchObject({ code, retryable, params: { node: 'node-1' } });
  });
});

describe('an error of the handshake', () => {
  const judge = (error: Error, more: object = {}, greeting = 'SSH-2.0-OpenSSH_9.2\r\n'): unknown =>
    handshakeError({
      endpoint,
      error: Object.assign(error, more),
      tried: { tried: 'id_ed25519' },
      greeting,
      seconds: 10,
    });

  it('is told by ssh2’s level, by the reason of a disconnect, or by its words', () => {
    expect(
      judge(new Error('All configured authentication methods failed'), { level: 'client-authentication' }),
    ).toMatchObject({
      code: 'SSH_AUTH_FAILED',
      params: { user: 'ubuntu', tried: 'id_ed25519' },
    });
    expect(judge(new Error('Too many authentication failures'), { code: 2 })).toMatchObject({
      code: 'SSH_AUTH_FAILED',
    });
    expect(judge(new Error('Handshake failed: no matching C->S cipher'), { level: 'handshake' })).toMatchObject({
      code: 'SSH_NEGOTIATION_FAILED',
      params: { what: 'C->S cipher' },
    });
    expect(judge(new Error('read ECONNRESET'), { level: 'client-socket', code: 'ECONNRESET' })).toMatchObject({
      code: 'SSH_CONNECTION_LOST',
    });
    expect(judge(new Error('Keepalive timeout'), { level: 'client-timeout' })).toMatchObject({
      code: 'SSH_CONNECTION_LOST',
      params: { detail: 'Keepalive timeout' },
    });
  });

  it('tells what answered in place of sshd', () => {
    const lost = (): Error => new Error('Connection lost before handshake');
    expect(judge(lost(), { level: 'protocol' }, 'HTTP/1.1 400 Bad Request\r\n')).toMatchObject({
      code: 'SSH_NOT_AN_SSH_SERVER',
      params: { detail: 'HTTP/1.1 400 Bad Request' },
    });
    expect(judge(lost(), { level: 'protocol' }, 'Exceeded MaxStartups\r\n')).toMatchObject({
      code: 'SSH_CONNECTION_LOST',
      params: { detail: 'Exceeded MaxStartups' },
    });
    expect(judge(lost(), { level: 'protocol' }, '')).toMatchObject({
      code: 'SSH_CONNECTION_LOST',
      params: { detail: 'Connection lost before handshake' },
    });
  });
});
