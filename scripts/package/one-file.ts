import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { version } from '../build/options.ts';
import header from './one-file.sh?raw';
import { writeDocuments } from './documents.ts';
import { describeReleaseFile } from './release-file.ts';
import { writeProgramTree, type Architecture } from './program-tree.ts';

/**
 * Makes the one-file nodemend for an architecture of Linux, `nodemend-<version>-linux-<arch>`, with
 * `….sha256` and `….cdx.json` beside it. The same checkout gives the same bytes. Works for an architecture that is not this machine's, too.
 */
export async function makeOneFile(arch: Architecture, out: string): Promise<string> {
  const stage = mkdtempSync(join(tmpdir(), 'nodemend-package-'));
  try {
    const { modules, beside } = await writeProgramTree(arch, stage);
    const documents = writeDocuments(stage);
    writeFileSync(join(stage, 'complete'), '');
    const archive = pack(stage, documents);
    const name = `nodemend-${version()}-linux-${arch}`;
    mkdirSync(out, { recursive: true });
    const staged = join(out, `.${name}`);
    writeFileSync(staged, Buffer.concat([Buffer.from(headerFor(arch, archive)), archive]));
    chmodSync(staged, 0o755);
    renameSync(staged, join(out, name));
    describeReleaseFile(join(out, name), modules, beside);
    return join(out, name);
  } finally {
    rmSync(stage, { recursive: true, force: true });
  }
}

/**
 * A compressed archive whose last entry is `complete`, with nothing in it that depends on when or by whom it was made.
 */
function pack(stage: string, documents: readonly string[]): Buffer {
  const members = ['LICENSE', 'LICENSE-node', 'package.json', ...documents, 'dist', 'node', 'complete'];
  const fixed = ['--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner', '--format=ustar'];
  const archive = execFileSync('tar', [...fixed, '-C', stage, '-cf', '-', ...members], { maxBuffer: 2 ** 30 });
  return execFileSync('gzip', ['-n'], { input: archive, maxBuffer: 2 ** 30 });
}

function headerFor(arch: Architecture, archive: Buffer): string {
  const values = { version: version(), arch, id: sha256(archive).slice(0, 12), size: String(archive.length) };
  return header.replace(/@(version|arch|id|size)@/g, (_mark, name: keyof typeof values) => values[name]);
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
