import type { Client, ClientChannel } from 'ssh2';
import { NodemendError } from '../../errors/nodemend-error.ts';
import type { NodeProcess, ProcessEnd } from '../command/node-process.ts';
import { inOneLine } from '../../text/printable.ts';
import { Sessions } from '../command/sessions.ts';
import type { Endpoint } from '../endpoint.ts';
import type { NodeConnection } from '../transport.ts';
import type { LoggedIn } from './handshake.ts';
import { lostError } from './ssh-errors.ts';

/** sshd closes a session as soon as its processes are gone. What a script left behind may keep it: then we close it. */
const lingerMs = 1000;
const closingMs = 1000;

/** A node that we are logged in to. */
export function sshConnection(endpoint: Endpoint, { client, hostKey }: LoggedIn): NodeConnection {
  const start = (command: string): Promise<NodeProcess> => openChannel(client, endpoint, command);
  const sessions = new Sessions({ node: endpoint.node, user: endpoint.user, start });
  return {
    node: endpoint.node,
    kind: 'ssh',
    user: endpoint.user,
    hostKey,
    exec: (request) => sessions.exec(request),
    close: () => closeClient(client),
  };
}

function openChannel(client: Client, endpoint: Endpoint, command: string): Promise<NodeProcess> {
  return new Promise((resolve, reject) => {
    try {
      client.exec(command, (error, channel) => {
        if (error) reject(sessionError(endpoint, error));
        else resolve(channelProcess(channel));
      });
    } catch (error) {
      reject(lostError(endpoint, 'it was closed before the command', error));
    }
  });
}

function channelProcess(channel: ClientChannel): NodeProcess {
  const ended = new Promise<ProcessEnd>((resolve) => {
    let end: ProcessEnd = {};
    channel.once('exit', (code: number | null, signal?: string) => {
      end = { ...(code === null ? {} : { code }), ...(signal === undefined ? {} : { signal }) };
    });
    // Comes after the end of both outputs, and when the connection is lost.
    channel.once('close', () => resolve(end));
  });
  const close = (): void => quietly(() => channel.close());
  const release = (): void => {
    const timer = setTimeout(close, lingerMs).unref();
    channel.once('close', () => clearTimeout(timer));
  };
  const kill = (): void => {
    // sshd passes it on to the login user's own processes only (RFC 4254 section 6.9; OpenSSH 7.9 and newer).
    quietly(() => channel.signal('KILL'));
    close();
  };
  channel.on('error', () => undefined);
  return { stdin: channel, stdout: channel, stderr: channel.stderr, ended, release, kill };
}

/** The library throws when its connection is gone. */
function quietly(action: () => void): void {
  try {
    action();
  } catch {
    // Then there is nothing to close.
  }
}

function sessionError(endpoint: Endpoint, error: Error & { readonly reason?: unknown }): NodemendError {
  const { node, user } = endpoint;
  // Without a reason the connection ended while we waited for the answer.
  if (error.reason === undefined || error.reason === '') return lostError(endpoint, inOneLine(error.message), error);
  return new NodemendError('SSH_SESSION_REFUSED', { node, user, detail: inOneLine(error.message) }, { cause: error });
}

function closeClient(client: Client): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      client.destroy();
      resolve();
    };
    const timer = setTimeout(done, closingMs);
    client.once('close', done);
    quietly(() => client.end());
  });
}
