import type { PlatformId } from './platform.ts';
import nksUsers from './nks/ssh-users.json' with { type: 'json' };

/**
 * The login name of a provider's images, by a node's osImage (`Ubuntu 22.04.5 LTS`, `Rocky Linux 9.5 (Blue Onyx)`). NHN's
 * Compute Instance guide names one user a distribution. Undefined where none is known.
 */
export function sshUserFor(platform: PlatformId, osImage: string): string | undefined {
  if (platform !== 'nks') return undefined;
  return Object.entries(nksUsers).find(([distribution]) => osImage.startsWith(`${distribution} `))?.[1];
}
