import { Readable, Writable } from 'node:stream';
import type { PodProcess, PodProcessEnd } from '../api.ts';
import { channelOf, closeMessage, packMessages, readMessage } from './channels.ts';
import { readExecStatus } from './exec-status.ts';
import type { OpenWebSocket, WebSocketListener } from './web-socket.ts';

/** A server hangs up when it has told the status. One that does not is not waited for. */
const hangingUpMs = 1_000;

/** A command in a container, as the two ends of its connection: what listens, and what uses it. */
export interface ExecStreams {
  readonly listener: WebSocketListener;
  readonly processOf: (connection: OpenWebSocket) => PodProcess;
}

export function execStreams(): ExecStreams {
  const stdout = outputStream();
  const stderr = outputStream();
  const status: Buffer[] = [];
  const told = Promise.withResolvers<void>();
  const read = new Promise<void>((resolve) => {
    let open = 2;
    for (const stream of [stdout, stderr]) stream.once('close', () => (open -= 1) === 0 && resolve());
  });
  const onMessage = (message: ArrayBuffer): void => {
    const { channel, data } = readMessage(message) ?? {};
    if (data === undefined || data.length === 0) return;
    if (channel === channelOf.stdout) stdout.push(data);
    else if (channel === channelOf.stderr) stderr.push(data);
    else if (channel === channelOf.status) {
      status.push(data);
      told.resolve();
    }
  };
  const onClose = (): void => {
    stdout.push(null);
    stderr.push(null);
  };
  const processOf = (connection: OpenWebSocket): PodProcess => {
    void told.promise.then(() => {
      const timer = setTimeout(connection.close, hangingUpMs);
      void read.then(() => clearTimeout(timer));
    });
    const ended = read.then((): PodProcessEnd =>
      status.length === 0 ? {} : readExecStatus(Buffer.concat(status).toString('utf8')),
    );
    return { stdin: inputStream(connection), stdout, stderr, ended, close: connection.close };
  };
  return { listener: { onMessage, onClose }, processOf };
}

/** What is read is taken up at once by whoever listens: nothing has to be held back. */
function outputStream(): Readable {
  return new Readable({ read: () => undefined });
}

function inputStream({ protocol, send }: OpenWebSocket): Writable {
  return new Writable({
    write: (chunk: Uint8Array, _encoding, done) => {
      for (const message of packMessages(channelOf.stdin, chunk)) send(message);
      done();
    },
    final: (done) => {
      if (protocol === 'v5.channel.k8s.io') send(closeMessage(channelOf.stdin));
      done();
    },
  });
}
