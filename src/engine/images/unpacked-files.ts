import { z } from 'zod';
import { sha256 } from '../../hash/sha256.ts';
import { containerdSocket, type Donor } from './donor.ts';
import script from './count-files.sh?raw';

const configSchema = z.object({
  rootfs: z.object({ diff_ids: z.array(z.string().regex(/^sha256:[0-9a-f]{64}$/u)).max(500) }),
});

/**
 * How many files, folders and links an image of a containerd has, as that counted when it unpacked the layers; undefined
 * where it does not say that of each. Only read; an estimate, because a node may say anything.
 * @param configuration of the image, the JSON as it is
 * @throws NodemendError what the transport throws
 */
export async function unpackedFiles(donor: Donor, configuration: Uint8Array): Promise<number | undefined> {
  const snapshots = snapshotsOf(configuration);
  if (snapshots === undefined || snapshots.length === 0) return undefined;
  const connection = await donor.connect();
  try {
    const { stdout, exitCode } = await connection.exec({
      script,
      args: [containerdSocket, ...snapshots],
      privilege: 'root',
      timeoutMs: 60_000,
      maxOutputBytes: 256 * 1024,
    });
    return exitCode === 0 ? countedIn(Buffer.from(stdout).toString('utf8'), snapshots) : undefined;
  } finally {
    await connection.close();
  }
}

/** Names of its layers' snapshots: chain ids (OCI image specification, config.md); undefined for what says none. Pure. */
export function snapshotsOf(configuration: Uint8Array): readonly string[] | undefined {
  const read = configSchema.safeParse(parseJson(configuration));
  if (!read.success) return undefined;
  const chain: string[] = [];
  for (const layer of read.data.rootfs.diff_ids) {
    const below = chain.at(-1);
    chain.push(below === undefined ? layer : `sha256:${sha256(Buffer.from(`${below} ${layer}`, 'utf8'))}`);
  }
  return chain;
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    return undefined;
  }
}

/** `KEY SIZE INODES`, a line each. Pure. */
export function countedIn(text: string, snapshots: readonly string[]): number | undefined {
  const counted = new Map(
    [...text.matchAll(/^(sha256:[0-9a-f]{64}) +\d+ +(\d{1,12}) *$/gmu)].map(([, name = '', inodes]) => [
      name,
      Number(inodes),
    ]),
  );
  const all = snapshots.map((name) => counted.get(name));
  return all.every((inodes) => inodes !== undefined) ? all.reduce((sum, inodes) => sum + inodes, 0) : undefined;
}
