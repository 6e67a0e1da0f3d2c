/**
 * sshd says why it drops a connection where its identification would stand (sshd.c, OpenSSH 8.4 and newer; 9.8:
 * penalties).
 */
export function isBusy(line: string): boolean {
  return /^(Exceeded MaxStartups|Not allowed at this time)/.test(line);
}
