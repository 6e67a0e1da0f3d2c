/** A kernel's release as `uname -r` prints it, taken apart. */
export interface KernelRelease {
  /** Version, patch level, sublevel of the upstream kernel that it was made from. */
  readonly version: readonly [number, number, number];
  /** The Enterprise Linux that it is of (`el7`), whose backports follow its own build number. */
  readonly enterpriseLinux: number | undefined;
  /** The distribution's build: `1160.119.1` of `3.10.0-1160.119.1.el7.x86_64`. */
  readonly build: readonly number[];
}

/** Undefined for what is not a release. */
export function parseRelease(text: string): KernelRelease | undefined {
  const [, major, minor, sublevel = '0', build = ''] =
    /^(\d+)\.(\d+)(?:\.(\d+))?(?:-(\d+(?:\.\d+)*))?/u.exec(text) ?? [];
  if (major === undefined || minor === undefined) return undefined;
  const [, enterpriseLinux] = /\.el(\d+)/u.exec(text) ?? [];
  return {
    version: [Number(major), Number(minor), Number(sublevel)],
    enterpriseLinux: enterpriseLinux === undefined ? undefined : Number(enterpriseLinux),
    build: build === '' ? [] : build.split('.').map(Number),
  };
}

/** Number by number; what is missing counts as 0. Negative when the first is older. */
export function compareNumbers(one: readonly number[], other: readonly number[]): number {
  for (let at = 0; at < Math.max(one.length, other.length); at += 1) {
    const difference = (one[at] ?? 0) - (other[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
