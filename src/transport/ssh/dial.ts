import { connect, type Socket } from 'node:net';
import { within, type Limits } from '../within.ts';
import { socketError } from './ssh-errors.ts';

/**
 * Opens the TCP connection. Without no-delay ssh2 waits for delayed acknowledgements: 254 instead of 40 ms for a first
 * command (mscdex/ssh2#1452).
 * @throws NodemendError SSH_REFUSED, SSH_TIMED_OUT, SSH_NO_ROUTE, SSH_NAME_UNRESOLVED, SSH_CONNECTION_LOST,
 *   COMMAND_INTERRUPTED.
 */
export async function dial(limits: Limits): Promise<Socket> {
  const { endpoint, deadline } = limits;
  const socket = connect({ host: endpoint.address, port: endpoint.port, noDelay: true });
  const connected = new Promise<Socket>((resolve, reject) => {
    socket.once('connect', () => resolve(socket));
    // Stays: what happens between here and the handshake is told by the handshake.
    socket.on('error', (error: NodeJS.ErrnoException) => reject(socketError(endpoint, error, deadline.seconds)));
  });
  try {
    return await within(limits, connected, () => undefined);
  } catch (error) {
    socket.destroy();
    throw error;
  }
}
