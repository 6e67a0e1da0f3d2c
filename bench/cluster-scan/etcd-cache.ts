import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createZstdCompress, createZstdDecompress } from 'node:zlib';

/** Those used last stay. */
const maxCacheBytes = 1024 ** 3;
const suffix = '.tar.zst';

export function etcdCacheFolder(environment: NodeJS.ProcessEnv): string {
  return join(environment['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'nodemend', 'testbed', 'etcd');
}

/** Data folders of stopped etcds, packed, by what is in them. */
export class EtcdCache {
  readonly #folder: string;
  readonly #maxBytes: number;

  constructor(folder: string, maxBytes = maxCacheBytes) {
    this.#folder = folder;
    this.#maxBytes = maxBytes;
  }

  /** Unpacks a snapshot into a new folder; false when there is none. */
  async restore(key: string, into: string): Promise<boolean> {
    const file = this.#file(key);
    const found = await stat(file).catch(() => undefined);
    if (found === undefined) return false;
    await mkdir(into, { mode: 0o700 });
    const tar = spawn('tar', ['-x', '-C', into], { stdio: ['pipe', 'ignore', 'inherit'] });
    const fed = pipeline(createReadStream(file), createZstdDecompress(), tar.stdin);
    await Promise.all([fed.catch(unlessReadEnough), ended(tar)]);
    const now = new Date();
    await utimes(file, now, now);
    return true;
  }

  /** Complete under its name or not at all, whatever happens meanwhile. */
  async store(key: string, from: string): Promise<void> {
    await mkdir(this.#folder, { recursive: true });
    const unfinished = join(this.#folder, `.${key}.${randomUUID()}`);
    try {
      const tar = spawn('tar', ['-c', '--sparse', '-C', from, '.'], { stdio: ['ignore', 'pipe', 'inherit'] });
      await Promise.all([pipeline(tar.stdout, createZstdCompress(), createWriteStream(unfinished)), ended(tar)]);
      await rename(unfinished, this.#file(key));
    } finally {
      await rm(unfinished, { force: true });
    }
    await this.#shrink();
  }

  #file(key: string): string {
    return join(this.#folder, `${key}${suffix}`);
  }

  /** Unfinished files of a killed run are the oldest of all and go with the rest. */
  async #shrink(): Promise<void> {
    const files = await Promise.all((await readdir(this.#folder)).map((name) => describe(join(this.#folder, name))));
    let total = 0;
    for (const { path, bytes } of files.toSorted((a, b) => b.usedAt - a.usedAt)) {
      total += bytes;
      if (total > this.#maxBytes) await rm(path, { force: true });
    }
  }
}

async function describe(
  path: string,
): Promise<{ readonly path: string; readonly bytes: number; readonly usedAt: number }> {
  const { size, mtimeMs } = await stat(path);
  return { path, bytes: size, usedAt: mtimeMs };
}

/** tar stops reading at the end of the archive, which stands some empty blocks before the end of the file. */
function unlessReadEnough(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ERR_STREAM_PREMATURE_CLOSE' && error.code !== 'EPIPE') throw error;
}

async function ended(tar: ReturnType<typeof spawn>): Promise<void> {
  const [code] = (await once(tar, 'close')) as [number | null];
  if (code !== 0) throw new Error(`tar ended with ${code}`);
}
