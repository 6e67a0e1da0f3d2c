/** Writes a line to the daemon's log, which is its standard error. */
export function logLine(text: string): void {
  process.stderr.write(`${new Date().toISOString()} ${text}\n`);
}
