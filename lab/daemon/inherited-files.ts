import { closeSync, readdirSync, readFileSync } from 'node:fs';

/** O_CLOEXEC, as /proc/self/fdinfo shows it, octal. */
const closeOnExec = 0o2000000;

/**
 * Closes what the shell or service that started the command had open and did not keep to itself: every node would
 * inherit it. Node opens nothing without close-on-exec, and sets it at its start on the first descriptors it was given.
 */
export function closeInheritedFiles(): void {
  for (const name of readdirSync('/proc/self/fd')) {
    const descriptor = Number(name);
    if (descriptor > 2 && !isClosedOnExec(descriptor)) closeSync(descriptor);
  }
}

function isClosedOnExec(descriptor: number): boolean {
  try {
    const flags = /^flags:\s*([0-7]+)/m.exec(readFileSync(`/proc/self/fdinfo/${descriptor}`, 'utf8'))?.[1] ?? '';
    return (Number.parseInt(flags, 8) & closeOnExec) !== 0;
  } catch {
    // The listing's own descriptor is closed by now.
    return true;
  }
}
