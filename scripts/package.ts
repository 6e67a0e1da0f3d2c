/**
 * npm run package: the files of a release, in out/.
 *   nodemend-<version>-linux-<arch>   one file with Node inside (`-- --arch arm64` for the other architecture)
 *   nodemend-<version>.tgz            the npm package
 * Beside each of them its .sha256, and its bill of materials as .cdx.json (CycloneDX).
 *   nodemend.krew.yaml                what krew installs as `kubectl nodemend`, of every one-file nodemend in out/, with
 *                                     its archives; `-- --release-url URL` says where the files will be
 */
import { mkdirSync, statSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { root, version } from './build/options.ts';
import { makeKrewPlugin } from './package/krew.ts';
import { makeNpmPackage } from './package/npm-package.ts';
import { makeOneFile } from './package/one-file.ts';
import type { Architecture } from './package/program-tree.ts';

const { values } = parseArgs({
  options: {
    arch: { type: 'string', default: process.arch },
    out: { type: 'string', default: 'out' },
    'release-url': { type: 'string', default: `https://example.com/nodemend/v${version()}` },
  },
});
const out = resolve(root, values.out);

if (!isArchitecture(values.arch)) {
  console.error(`there is no Node to put inside for ${values.arch}\n  next: --arch x64, or --arch arm64`);
  process.exit(2);
}
mkdirSync(out, { recursive: true });
show(await makeOneFile(values.arch, out));
show(await makeNpmPackage(out));
for (const file of makeKrewPlugin(out, values['release-url'])) show(file);

function isArchitecture(name: string): name is Architecture {
  return name === 'x64' || name === 'arm64';
}

function show(file: string): void {
  console.log(`${relative(root, file)}  ${(statSync(file).size / 1e6).toFixed(1)} MB`);
}
