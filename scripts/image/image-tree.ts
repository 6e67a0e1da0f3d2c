import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, realpathSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Part } from '../package/bill-of-materials.ts';
import { writeProgramTree, type Architecture, type ProgramTree } from '../package/program-tree.ts';
import launcher from './nodemend.sh?raw';

/**
 * Whose files are in the image; each is named there as Debian names it, so that a scanner finds what is known of it.
 */
const packages = ['libc6', 'libgcc-s1', 'libstdc++6', 'busybox-static'] as const;

/** The user of the image, by the number that such images commonly use. */
const passwd = [
  'root:x:0:0:root:/root:/bin/sh',
  'nodemend:x:65532:65532:nodemend:/home/nodemend:/bin/sh',
  'nobody:x:65534:65534:nobody:/nonexistent:/bin/false',
];
const group = ['root:x:0:', 'nodemend:x:65532:', 'nogroup:x:65534:'];

/**
 * Lays out what the Containerfile copies: `base/` (Node, the libraries its loader asks for, busybox), `app/` (nodemend)
 * and `home/`. Modes are set here and owners by buildah, so nothing depends on this user's umask.
 */
export async function writeImageTree(arch: Architecture, context: string): Promise<ProgramTree> {
  const base = join(context, 'base');
  const app = join(context, 'app');
  const program = 'usr/lib/nodemend';
  const { modules, beside } = await writeProgramTree(arch, join(app, program));
  mkdirSync(join(base, program), { recursive: true });
  for (const name of ['node', 'LICENSE-node']) renameSync(join(app, program, name), join(base, program, name));
  writeFile(join(app, 'bin/nodemend'), launcher);
  for (const library of librariesOf(join(base, program, 'node'))) copyFile(library, join(base, library));
  writeBusybox(join(base, 'bin'));
  writeAccounts(base);
  for (const name of packages) writePackage(base, name);
  mkdirSync(join(context, 'home/nodemend'), { recursive: true });
  execFileSync('chmod', ['-R', 'u=rwX,go=rX', base, app, join(context, 'home')]);
  for (const path of [join(app, 'bin/nodemend'), join(base, 'bin/busybox')]) chmodSync(path, 0o755);
  chmodSync(join(base, 'tmp'), 0o1777);
  return { modules, beside: [...beside, ...packages.map(debianPart)] };
}

function debianPart(name: string): Part {
  const entry = execFileSync('dpkg-query', ['-W', '-f', '${Version} ${Architecture}', name], { encoding: 'utf8' });
  const [version = '', architecture = ''] = entry.split(' ');
  const purl = `pkg:deb/debian/${encodeURIComponent(name)}@${encodeURIComponent(version)}?arch=${architecture}`;
  return { name, version, purl };
}

/**
 * Asked of the loader, as it is the one that has to find them: `name => /path (address)`, and the loader's own path.
 */
function librariesOf(program: string): readonly string[] {
  const listing = execFileSync('ldd', [program], { encoding: 'utf8' });
  const paths = listing.match(/\/\S+/g) ?? [];
  if (paths.length === 0 || listing.includes('not found'))
    throw new Error(`the libraries of Node are not all here: ${listing.trim()}`);
  return paths;
}

/** All its programs: who looks into a pod at night finds what a node has. */
function writeBusybox(bin: string): void {
  copyFile('/bin/busybox', join(bin, 'busybox'));
  const applets = execFileSync('/bin/busybox', ['--list'], { encoding: 'utf8' }).trim().split('\n');
  for (const applet of applets.filter((name) => name !== 'busybox')) symlinkSync('busybox', join(bin, applet));
}

function writeAccounts(base: string): void {
  writeFile(join(base, 'etc/passwd'), `${passwd.join('\n')}\n`);
  writeFile(join(base, 'etc/group'), `${group.join('\n')}\n`);
  // Without it glibc asks DNS before /etc/hosts.
  writeFile(join(base, 'etc/nsswitch.conf'), 'passwd: files\ngroup: files\nhosts: files dns\n');
  copyFile('/etc/os-release', join(base, 'etc/os-release'));
  mkdirSync(join(base, 'tmp'), { recursive: true });
}

/**
 * Its licence, and its entry in the form that scanners read in images without dpkg's own list (`status.d`, as
 * distroless has it).
 */
function writePackage(base: string, name: string): void {
  const form = ['Package', 'Version', 'Architecture', 'Maintainer', 'Source']
    .map((field) => `${field}: \${${field}}\\n`)
    .join('');
  const entry = execFileSync('dpkg-query', ['-W', '-f', `${form}Status: install ok installed\\n`, name], {
    encoding: 'utf8',
  });
  writeFile(join(base, 'var/lib/dpkg/status.d', name), entry);
  copyFile(`/usr/share/doc/${name}/copyright`, join(base, 'usr/share/doc', name, 'copyright'));
}

function writeFile(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

/** Of what a link leads to. */
function copyFile(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  copyFileSync(realpathSync(from), to);
}
