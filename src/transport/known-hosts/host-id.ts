/** The port of an address that is written without one. */
export const sshPort = 22;

/**
 * A host as known_hosts names it: `host`, or `[host]:port` for another port than 22; in lower case (OpenSSH
 * put_host_port).
 */
export function hostId(address: string, port: number): string {
  const host = address.toLowerCase();
  return port === sshPort ? host : `[${host}]:${port}`;
}
