/** `1.6.21`, `v1.28.1-eks`, `1.6.20~ds1` as numbers; undefined for what begins with no version. */
export function versionNumbers(text: string | undefined): readonly [number, number, number] | undefined {
  const [, major, minor, patch] = /^v?(\d+)\.(\d+)(?:\.(\d+))?/.exec(text ?? '') ?? [];
  return major === undefined ? undefined : [Number(major), Number(minor), Number(patch ?? 0)];
}

/** The first of its line that has something: by `major.minor`, the patch; `later` lines have it from their beginning. */
export interface Since {
  readonly patches: Readonly<Record<string, number>>;
  readonly later: readonly [number, number];
}

export function isSince([major, minor, patch]: readonly [number, number, number], { patches, later }: Since): boolean {
  const first = patches[`${major}.${minor}`];
  if (first !== undefined) return patch >= first;
  return major > later[0] || (major === later[0] && minor >= later[1]);
}
