import { chmodSync, chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Accounts } from '../file-tree.ts';
import type { TriedConfiguration } from './arbitrary-configuration.ts';
import { includedFiles, scratchFolders, scratchLogs } from './scratch-layout.ts';

/** A folder with logs in it, for a configuration whose names are absolute paths inside it. Needs root (owners). */
export class ScratchConfiguration {
  readonly folder = mkdtempSync(join(tmpdir(), 'nodemend-logrotate-'));

  constructor() {
    for (const folder of scratchFolders) this.makeFolder(folder);
    for (const log of scratchLogs) writeFileSync(join(this.folder, log), 'one line\n');
    for (const [name, content] of Object.entries(includedFiles)) this.write(name, content, 0o644, 0);
  }

  get mainFile(): string {
    return join(this.folder, 'logrotate.conf');
  }

  lay(configuration: TriedConfiguration): void {
    rmSync(join(this.folder, 'd'), { recursive: true });
    // Even with -d logrotate makes the folders that `createolddir` asks for.
    for (const log of ['c/a', 'c/b', 'c/.hidden', 'with blank'])
      rmSync(join(this.folder, log, 'old'), { recursive: true, force: true });
    this.makeFolder('d');
    this.write('logrotate.conf', configuration.main, 0o644, 0);
    for (const file of configuration.files) this.write(join('d', file.name), file.content, file.mode, file.uid);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private makeFolder(name: string): void {
    mkdirSync(join(this.folder, name), { recursive: true, mode: 0o755 });
  }

  private write(name: string, content: string, mode: number, uid: number): void {
    const path = join(this.folder, name);
    writeFileSync(path, content.replaceAll('@', this.folder), 'latin1');
    chownSync(path, uid, 0);
    chmodSync(path, mode);
  }
}

/** The users and groups of this machine. */
export function localAccounts(): Accounts {
  const first = (path: string): ReadonlySet<string> =>
    new Set(
      readFileSync(path, 'utf8')
        .split('\n')
        .map((line) => line.split(':')[0] ?? ''),
    );
  return { users: first('/etc/passwd'), groups: first('/etc/group') };
}
