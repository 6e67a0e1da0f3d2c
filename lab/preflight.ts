import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';
import { NodemendError } from '../src/errors/nodemend-error.ts';
import namespacesScript from './namespaces.sh?raw';
import { lastLine, runProgram } from './node-root/run-program.ts';

/** Programs that make or run nodes, and the Debian package that brings each. */
const programs: Readonly<Record<string, string>> = {
  unshare: 'util-linux',
  nsenter: 'util-linux',
  setpriv: 'util-linux',
  mount: 'mount',
  ip: 'iproute2',
  sshd: 'openssh-server',
  sudo: 'sudo',
  logrotate: 'logrotate',
  cron: 'cron',
};

/** What a lab needs to know of the machine it shall run on. */
export interface Machine {
  readonly platform: string;
  readonly uid: number;
  /** Where programs are looked for, as `$PATH` has it. */
  readonly path: string;
}

export function thisMachine(): Machine {
  return { platform: process.platform, uid: process.getuid?.() ?? -1, path: process.env['PATH'] ?? '' };
}

/**
 * Looks whether a lab can be started here, before anything is made.
 * @throws NodemendError LAB_NEEDS_LINUX, LAB_NEEDS_ROOT, LAB_PROGRAM_MISSING, LAB_NAMESPACES_DENIED
 */
export async function checkMachine({ platform, uid, path }: Machine): Promise<void> {
  if (platform !== 'linux') throw new NodemendError('LAB_NEEDS_LINUX', { platform });
  if (uid !== 0) throw new NodemendError('LAB_NEEDS_ROOT', { uid });
  const missing = Object.keys(programs).filter((name) => !isInstalled(name, path));
  if (missing.length > 0) {
    const packages = new Set(missing.map((name) => programs[name]));
    throw new NodemendError('LAB_PROGRAM_MISSING', { programs: missing.join(', '), packages: [...packages].join(' ') });
  }
  const { exitCode, stderr } = await runProgram('sh', ['-c', namespacesScript]);
  if (exitCode === 0) return;
  throw new NodemendError('LAB_NAMESPACES_DENIED', { detail: lastLine(stderr) ?? `exit code ${exitCode}` });
}

function isInstalled(name: string, path: string): boolean {
  return [...path.split(':'), '/usr/sbin', '/sbin'].some((folder) => {
    try {
      accessSync(join(folder || '.', name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
