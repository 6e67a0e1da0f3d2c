/**
 * What a script of a node says instead of an answer where something there is not shown to be what it is called: `doubt
 * <what> <why>`. The words of `why` are those of daemon.sh and path-of-root.sh.
 */
const pattern = /^doubt ([a-z-]+) ([a-z-]+)$/m;

export interface Doubt {
  readonly what: string;
  readonly why: string;
}

/** Undefined where nothing was in doubt. */
export function doubtIn(text: string): Doubt | undefined {
  const [, what = '', why = ''] = pattern.exec(text) ?? [];
  return what === '' ? undefined : { what, why };
}

/** In one English line, for JSON and logs. */
function doubtWords({ what, why }: Doubt): string {
  return what === 'docker-root'
    ? `others than root have a say in what docker's folder is (${why})`
    : `which process is ${what} could not be told (${why})`;
}

interface DoubtfulSection {
  readonly state: 'unknown';
  readonly reason: 'unproven';
  /** English, one line. */
  readonly detail: string;
}

/** A section of a probe that says this and nothing else. */
export function doubtfulSection(text: string): DoubtfulSection | undefined {
  const doubt = /^doubt .*\n$/.test(text) ? doubtIn(text) : undefined;
  return doubt && { state: 'unknown', reason: 'unproven', detail: doubtWords(doubt) };
}
