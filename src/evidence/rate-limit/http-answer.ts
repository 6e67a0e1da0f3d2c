/** An answer as curl's `--include` and wget's `--server-response` show it. */
export interface ShownAnswer {
  readonly status: number;
  /** By lower-case name; the last one of a name, but for challenges, which come together. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const statusLine = /^\s*HTTP\/[\d.]+ (\d{3})\b/u;

/**
 * Reads what a node's program printed. A proxy's answer to CONNECT and interim answers come before the real one and are
 * passed over. @returns undefined when there is no answer in it; never throws
 */
export function parseShownAnswer(text: string): ShownAnswer | undefined {
  const lines = text.split('\n').map((line) => line.replace(/\r$/u, ''));
  const start = lines.findLastIndex((line) => statusLine.test(line));
  if (start === -1) return undefined;
  const status = Number(statusLine.exec(lines[start] ?? '')?.[1]);
  const length = lines.slice(start + 1).findIndex((line) => !/^\s*[!#$%&'*+.^_`|~0-9A-Za-z-]+\s*:/u.test(line));
  const end = length === -1 ? lines.length : start + 1 + length;
  const rest = lines.slice(end);
  return {
    status,
    headers: headersOf(lines.slice(start + 1, end)),
    body: (rest[0] === '' ? rest.slice(1) : rest).join('\n'),
  };
}

function headersOf(lines: readonly string[]): Readonly<Record<string, string>> {
  const headers = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).trim().toLowerCase();
    const value = line.slice(colon + 1).trim();
    const before = headers.get(name);
    headers.set(name, name === 'www-authenticate' && before !== undefined ? `${before}, ${value}` : value);
  }
  return Object.fromEntries(headers);
}
