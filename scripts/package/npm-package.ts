import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../build/options.ts';
import { writeBundle } from '../build/write-bundle.ts';
import { writeDocuments } from './documents.ts';
import { describeReleaseFile } from './release-file.ts';

/**
 * Makes the npm package, `nodemend-<version>.tgz`: the bundle, its launcher and the documents, without dependencies. It
 * is packed from a folder of its own, so that the checkout's dist/ stays as it is.
 */
export async function makeNpmPackage(out: string): Promise<string> {
  const stage = mkdtempSync(join(tmpdir(), 'nodemend-npm-'));
  try {
    const { scripts: _scripts, devDependencies: _tools, ...manifest } = readManifest();
    writeFileSync(join(stage, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
    for (const name of ['bin', 'LICENSE']) cpSync(join(root, name), join(stage, name), { recursive: true });
    writeDocuments(stage);
    const { modules } = await writeBundle(join(stage, 'dist'), { stamp: new Date(0), maps: false });
    const packed = execFileSync('npm', ['pack', '--silent', '--pack-destination', out], {
      cwd: stage,
      encoding: 'utf8',
    });
    const file = join(out, packed.trim());
    describeReleaseFile(file, modules, []);
    return file;
  } finally {
    rmSync(stage, { recursive: true, force: true });
  }
}

function readManifest(): Readonly<Record<string, unknown>> {
  return JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Readonly<Record<string, unknown>>;
}
