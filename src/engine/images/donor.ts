import { archiveFault } from '../../images/archive/archive-fault.ts';
import { contentOf, largestJson, type Descriptor, type ImageContent } from '../../images/archive/image-content.ts';
import { isNodemendError, NodemendError } from '../../errors/nodemend-error.ts';
import { RunningSha256 } from '../../hash/running-sha256.ts';
import { sha256 } from '../../hash/sha256.ts';
import { inOneLine } from '../../text/printable.ts';
import type { NodeConnection } from '../../transport/transport.ts';
import type { Donors } from './donors.ts';
import script from './read-blob.sh?raw';

/** A node that has an image, and gives it to others. It is only read. */
export interface Donor {
  readonly node: string;
  readonly runtime: 'containerd' | 'docker';
  /** How it is reached; another connection each time. */
  readonly connect: () => Promise<NodeConnection>;
  /** Most that is read of it, bytes a second; 0 for no limit. */
  readonly bandwidth: number;
}

export const containerdSocket = '/run/containerd/containerd.sock';
const sockets = { containerd: containerdSocket, docker: '/var/run/docker.sock' } as const;

/** A node with this little throughput is as good as gone. */
const leastBytesASecond = 64 * 1024;
const leastMs = 60_000;

interface ReadRequest {
  readonly what: 'blob' | 'save';
  readonly name: string;
  readonly from: number;
  /** As far as it is known, bytes. */
  readonly left: number | undefined;
  readonly onChunk: (chunk: Uint8Array) => void;
}

/**
 * All that belongs to an image of a containerd: what is small is read whole.
 * @throws NodemendError IMAGE_ARCHIVE_INVALID, IMAGE_NOT_READ; what the transport throws
 */
export async function donorContent(
  donor: Donor,
  { digest, platform }: { readonly digest: string; readonly platform: string },
): Promise<{ readonly content: ImageContent; readonly small: ReadonlyMap<string, Uint8Array> }> {
  const small = new Map<string, Uint8Array>();
  const connection = await donor.connect();
  try {
    const read = async (name: string): Promise<Uint8Array> => {
      const known = small.get(name);
      if (known !== undefined) return known;
      const chunks: Uint8Array[] = [];
      let length = 0;
      const onChunk = (chunk: Uint8Array): void => {
        length += chunk.length;
        if (length <= largestJson) chunks.push(Uint8Array.prototype.slice.call(chunk));
      };
      const said = await readOnce(connection, donor, { what: 'blob', name, from: 0, left: largestJson, onChunk });
      if (length > largestJson) throw archiveFault('large', name);
      const bytes = Buffer.concat(chunks);
      if (`sha256:${sha256(bytes)}` !== name) throw notRead(donor, name, said);
      small.set(name, bytes);
      return bytes;
    };
    const target = await read(digest);
    const content = await contentOf({ digest, size: target.length }, platform, ({ digest: name }) => read(name));
    return { content, small };
  } finally {
    await connection.close();
  }
}

/** How often in a row a connection may be lost before anything came through it. */
const mostLosses = 3;

/**
 * Reads a blob to its end, which has its digest then; a connection that is lost is made again, and reading goes on where it was, as
 * it does with the next donor.
 * @throws NodemendError IMAGE_NOT_READ; what the transport throws
 */
export async function readBlob(
  donors: Donors,
  { digest, size }: Pick<Descriptor, 'digest' | 'size'>,
  onChunk: (chunk: Uint8Array) => void,
): Promise<void> {
  const hash = new RunningSha256();
  let at = 0;
  const take = (chunk: Uint8Array): void => {
    at += chunk.length;
    if (at > size) return;
    hash.update(chunk);
    onChunk(chunk);
  };
  await donors.read(async (donor) => {
    for (let losses = 0; at < size;) {
      const before = at;
      const request: ReadRequest = { what: 'blob', name: digest, from: at, left: size - at, onChunk: take };
      const said = await readConnected(donor, request).catch((error: unknown) => {
        losses = at > before ? 1 : losses + 1;
        if (!isLoss(error) || losses >= mostLosses) throw error;
        return undefined;
      });
      if (said !== undefined && at < size) throw notRead(donor, digest, said);
    }
  });
  if (at > size || `sha256:${hash.now()}` !== digest) throw archiveFault('damaged', digest);
}

/** Reads what docker saves of an image; it cannot be gone on with. @throws NodemendError IMAGE_NOT_READ; as the transport */
export async function readSaved(donor: Donor, id: string, onChunk: (chunk: Uint8Array) => void): Promise<void> {
  let length = 0;
  const take = (chunk: Uint8Array): void => {
    length += chunk.length;
    onChunk(chunk);
  };
  const said = await readConnected(donor, { what: 'save', name: id, from: 0, left: undefined, onChunk: take });
  if (length === 0) throw notRead(donor, id, said);
}

async function readConnected(donor: Donor, request: ReadRequest): Promise<string> {
  const connection = await donor.connect();
  try {
    return await readOnce(connection, donor, request);
  } finally {
    await connection.close();
  }
}

/** @returns what was said on standard error */
async function readOnce(
  connection: NodeConnection,
  { runtime, bandwidth }: Donor,
  { what, name, from, left = 64 * 1024 ** 3, onChunk }: ReadRequest,
): Promise<string> {
  const slowest = Math.min(bandwidth || leastBytesASecond, leastBytesASecond) / 2;
  const { stderr } = await connection.exec({
    script,
    args: [what, sockets[runtime], name, String(from), String(bandwidth)],
    privilege: 'root',
    timeoutMs: leastMs + Math.ceil((left / slowest) * 1000),
    maxOutputBytes: 8 * 1024,
    streams: true,
    onStdout: onChunk,
  });
  return inOneLine(Buffer.from(stderr).toString('utf8'));
}

function isLoss(error: unknown): boolean {
  return (
    isNodemendError(error) && ['SSH_CONNECTION_LOST', 'POD_CONNECTION_LOST', 'COMMAND_TIMED_OUT'].includes(error.code)
  );
}

function notRead({ node, runtime }: Donor, what: string, words: string): NodemendError {
  return new NodemendError('IMAGE_NOT_READ', {
    node,
    what,
    client: runtime === 'docker' ? 'docker' : 'ctr',
    words: words || '-',
  });
}
