import type { Stats } from 'node:fs';
import { open, stat } from 'node:fs/promises';

/** What nodemend reads of one file, in MB: 500 of what is written by a program for a whole cluster, 16 of all else. */
type Limit = 16 | 500;

/** A pipe that this process was started with, as a shell hands over `<(command)`: who writes it is there, and ends. */
const inherited = /^\/(?:dev\/(?:fd\/\d+|stdin)|proc\/(?:self|thread-self|\d+)\/fd\/\d+)$/;

/**
 * The whole of a file that somebody named. A name can lead to what has no end: a device is refused, and so is a pipe that
 * may have no writer; `/dev/null` is an empty file, as it is for `kubectl --kubeconfig` and for ssh's UserKnownHostsFile.
 * @param path absolute
 * @throws Error NOT_A_FILE, LARGER_THAN_16_MB or LARGER_THAN_500_MB in `code`; the system's error
 */
export async function readNamedFile(path: string, limit: Limit = 16): Promise<Buffer> {
  const stats = await stat(path);
  if (path === '/dev/null') return Buffer.alloc(0);
  if (!isReadable(path, stats)) throw fault('NOT_A_FILE', path);
  const file = await open(path);
  try {
    const most = limit * 1_000_000;
    // What procfs has says that it is empty, and a file may grow: one byte more than there should be is asked for.
    let bytes = Buffer.allocUnsafe(Math.min(stats.size, most) + 1);
    for (let length = 0; ;) {
      if (length > most) throw fault(`LARGER_THAN_${limit}_MB`, path);
      if (length === bytes.length) bytes = Buffer.concat([bytes], Math.min(2 * length + 65_536, most + 1));
      const { bytesRead } = await file.read(bytes, length, bytes.length - length, null);
      if (bytesRead === 0) return bytes.subarray(0, length);
      length += bytesRead;
    }
  } finally {
    await file.close();
  }
}

/** Of a folder the system says itself what is wrong. */
function isReadable(path: string, stats: Stats): boolean {
  return stats.isFile() || stats.isDirectory() || (stats.isFIFO() && inherited.test(path));
}

function fault(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${path}`), { code });
}
