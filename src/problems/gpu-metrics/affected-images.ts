/**
 * Releases whose NKS image of 2026-03-10 (`… - Container (2026.03.10)`) has the trouble: the guide's table of August
 * 2026. A node does not say how old its image is; its release does not change while it lives.
 */
const affected: readonly RegExp[] = [
  /^Rocky Linux (?:8\.10|9\.7)(?![.\d])/,
  /^Ubuntu (?:22\.04\.5|24\.04\.4)(?![.\d])/,
];

/** @param system `PRETTY_NAME` of os-release */
export function isAffected(system: string): boolean {
  return affected.some((pattern) => pattern.test(system));
}
