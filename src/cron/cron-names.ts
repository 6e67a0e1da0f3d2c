/** What Debian's cron and its run-parts take for a name (cron(8), run-parts(8)): a dot in it turns the file off. */
const debianName = /^[A-Za-z0-9_-]+$/;

/**
 * Endings of files that package managers and editors leave behind; cronie's cron.d and EL's run-parts pass over them.
 */
const leftOver = /(?:~|,|,v|\.rpm(?:save|orig|new)|\.swp|\.cfsaved)$/;

/** Whether the daemon (`cron` is Debian's, `crond` cronie's) reads this file of /etc/cron.d. */
export function isReadByCron(path: string, daemon: string | undefined): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return !path.startsWith('/etc/cron.d/') || isTaken(name, daemon);
}

/** Whether run-parts starts the script of this name. */
export function isRunByParts(name: string, daemon: string | undefined): boolean {
  return isTaken(name, daemon);
}

function isTaken(name: string, daemon: string | undefined): boolean {
  return daemon === 'cron' ? debianName.test(name) : !name.startsWith('.') && !leftOver.test(name);
}
