/**
 * The channels of exec and attach over a WebSocket: each message is one byte that names the channel, and data
 * (apimachinery pkg/util/remotecommand/constants.go; kubernetes.io KEP-4006).
 */
export const channelOf = { stdin: 0, stdout: 1, stderr: 2, status: 3, close: 255 } as const;

/** `v5` (servers from 1.30 on) is `v4` with a message that closes a channel: `v4` cannot end standard input. */
export const execProtocols = ['v5.channel.k8s.io', 'v4.channel.k8s.io'] as const;
export type ExecProtocol = (typeof execProtocols)[number];

/**
 * As kubectl sends them (client-go tools/remotecommand/websocket.go); servers read at most some 32 KB of a message at
 * once.
 */
const mostBytes = 32 * 1024 - 1;

export interface ChannelMessage {
  readonly channel: number;
  readonly data: Buffer;
}

/** The messages that carry the data, in order; none for no data. */
export function* packMessages(channel: number, data: Uint8Array): Generator<Uint8Array<ArrayBuffer>, void> {
  for (let at = 0; at < data.length; at += mostBytes) {
    const part = data.subarray(at, at + mostBytes);
    const message = new Uint8Array(part.length + 1);
    message[0] = channel;
    message.set(part, 1);
    yield message;
  }
}

/** Says that nothing more comes on a channel; only `v5` knows it. */
export function closeMessage(channel: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.of(channelOf.close, channel);
}

/** Undefined for a message that names no channel: some servers send one to see whether the connection stands. */
export function readMessage(message: ArrayBuffer): ChannelMessage | undefined {
  const bytes = Buffer.from(message);
  const [channel] = bytes;
  return channel === undefined ? undefined : { channel, data: bytes.subarray(1) };
}
