import { basename } from 'node:path';
import type { OpenArchive } from '../../actions/image/archives.ts';
import type { BroughtImage } from '../../engine/images/brought-images.ts';
import { NodemendError } from '../../errors/nodemend-error.ts';
import { writeOutput } from '../../files/write-output.ts';
import { RunningSha256 } from '../../hash/running-sha256.ts';
import { archiveEnd, sealOf } from '../../images/archive/sealed-archive.ts';
import { imageNamed, type NodeImages } from '../../images/node-images.ts';
import type { OpenedSession } from '../evidence/collect.ts';
import type { Ports } from '../ports.ts';
import type { Loaded } from '../problems/with-problems.ts';
import type { Session } from '../session/session.ts';
import { collectOf, givenBy, imageNames, requireArchives, storeIn } from './given-images.ts';

export interface ExportRequest {
  readonly session: Session;
  readonly opened: OpenedSession;
  /** As they are typed. */
  readonly images: readonly string[];
  /** The node that gives them; the first that has all of them whole where none is named. */
  readonly from: string | undefined;
  /** Absolute. */
  readonly out: string;
  readonly onProgress: (bytes: number, of: number) => void;
}

export interface ExportedImages {
  readonly node: string;
  readonly images: readonly BroughtImage[];
  readonly bytes: number;
  /** Of the file, hex. */
  readonly sha256: string;
}

/**
 * Writes images of a node into a file, with its SHA-256 inside and beside it; the node is only read.
 * @throws NodemendError ACCESS_NOT_ASKED, IMAGE_NAME_INVALID, IMAGE_NOT_WHOLE_THERE, IMAGE_DIGESTS_DIFFER, PATH_UNSAFE;
 *   what collecting and reading throw; the system's error
 */
export async function exportImages(request: ExportRequest, ports: Ports & Loaded): Promise<ExportedImages> {
  const { session, opened, from, out } = request;
  const archives = requireArchives(opened);
  const names = imageNames(request.images);
  const others = from === undefined ? undefined : { nodes: from };
  const { evidence } = await collectOf(request, await session.findNodes(opened.api, ports.interrupt, others), ports);
  const seen = evidence.nodes.flatMap(({ name }) => {
    const store = storeIn(evidence, name);
    return store === undefined ? [] : [{ node: name, store }];
  });
  for (const name of names) requireOneDigest(name, seen);
  const node = giverOf(seen, names) ?? evidence.nodes[0]?.name ?? '';
  const images = await givenBy({ evidence, node, names, archives });
  const [first] = images;
  if (first === undefined || !('node' in first.of))
    throw new NodemendError('IMAGE_NOT_WHOLE_THERE', { node, image: '-' });
  const archive = await (await archives.get()).bundle({ node, runtime: first.of.runtime }, images);
  const whole = new RunningSha256();
  let bytes = 0;
  const pieces = async function* pieces(): AsyncGenerator<Uint8Array> {
    for await (const piece of sealed(archive)) {
      whole.update(piece);
      bytes += piece.length;
      request.onProgress(bytes, archive.length);
      yield piece;
    }
  };
  await writeOutput(out, pieces(), { mode: 0o600 });
  const sum = whole.now();
  // What is not a file has nothing beside it.
  if (!out.startsWith('/dev/') && !out.startsWith('/proc/'))
    await writeOutput(`${out}.sha256`, [`${sum}  ${basename(out)}\n`], { mode: 0o600 });
  return { node, images, bytes, sha256: sum };
}

interface Listed {
  readonly node: string;
  readonly store: NodeImages;
}

/** Where none has all of them the first one whose images are known, which says what it lacks. */
function giverOf(seen: readonly Listed[], names: readonly string[]): string | undefined {
  const isWhole = ({ store }: Listed): boolean =>
    names.every((name) => imageNamed(store, name)?.as.content === 'whole');
  return (seen.find(isWhole) ?? seen[0])?.node;
}

/** Two nodes that know different images by one name: whoever asks has to say which is meant. */
function requireOneDigest(image: string, seen: readonly Listed[]): void {
  const byDigest = new Map<string, string>();
  for (const { node, store } of seen) {
    const digest = imageNamed(store, image)?.as.digest;
    if (digest !== undefined && !byDigest.has(digest)) byDigest.set(digest, node);
  }
  if (byDigest.size < 2) return;
  const digests = [...byDigest].map(([digest, node]) => `${node}: ${digest}`).join(', ');
  throw new NodemendError('IMAGE_DIGESTS_DIFFER', { image, digests });
}

const step = 4 * 1024 * 1024;

/** The archive with its seal as its last entry. */
async function* sealed(archive: OpenArchive): AsyncGenerator<Uint8Array> {
  const hash = new RunningSha256();
  const end = archive.length - archiveEnd;
  for (let at = 0; at < end;) {
    const length = Math.min(step, end - at);
    const piece = await archive.read(at, { least: length, most: length });
    at += piece.length;
    hash.update(piece);
    yield piece;
  }
  yield await sealOf(hash.now());
}
