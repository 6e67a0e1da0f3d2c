/** What a node says of itself in the section `nodemend/identity`. */
export interface NodeIdentity {
  readonly uid: number;
  readonly hostname: string;
  /** Empty where the node has none. */
  readonly machineId: string;
  readonly bootId: string;
  /** Seconds since boot when the clock was read. */
  readonly uptime: number;
  /** The node's clock, milliseconds since the epoch. */
  readonly clockMs: number;
}

/** Reads `key=value` lines; undefined when it is not an identity. */
export function parseIdentity(text: string): NodeIdentity | undefined {
  const fields = new Map(text.split('\n').map((line) => splitAt(line, line.indexOf('='))));
  const value = (key: string): string => fields.get(key) ?? '';
  const clockMs = parseClock(value('clock'));
  if (!/^\d+$/.test(value('uid')) || clockMs === undefined) return undefined;
  return {
    uid: Number(value('uid')),
    hostname: value('hostname'),
    machineId: value('machine-id'),
    bootId: value('boot-id'),
    uptime: Number(value('uptime')),
    clockMs,
  };
}

/**
 * `date +%s%N`: GNU prints nanoseconds after the seconds; busybox does not know `%N` and leaves it out or as it stands.
 * Then the true time is up to a second later, half a second in the mean.
 */
function parseClock(text: string): number | undefined {
  const [digits] = /^\d+/.exec(text) ?? [];
  if (digits === undefined) return undefined;
  if (digits.length <= 12) return Number(digits) * 1000 + 500;
  return Number(digits.slice(0, -6));
}

function splitAt(line: string, at: number): readonly [string, string] {
  return at < 0 ? ['', ''] : [line.slice(0, at), line.slice(at + 1)];
}
