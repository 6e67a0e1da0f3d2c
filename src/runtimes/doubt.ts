/**
 * What a script of a node says instead of an answer where something there is not shown to be what it is called: `doubt
 * <what> <why>`. The words of `why` are those of daemon.sh and path-of-root.sh.
 */
const pattern = /^doubt ([a-z-]+) ([a-z-]+)$/m;

/** In one English line, for JSON, logs and what a check saw; undefined where nothing was in doubt. */
export function doubtIn(text: string): string | undefined {
  const [, what = '', why = ''] = pattern.exec(text) ?? [];
  if (what === '') return undefined;
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
  const detail = /^doubt .*\n$/.test(text) ? doubtIn(text) : undefined;
  return detail === undefined ? undefined : { state: 'unknown', reason: 'unproven', detail };
}
