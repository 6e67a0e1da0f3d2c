/**
 * Whether a part of a host's name matches a pattern in which `*` stands for any characters, as Go's path/filepath.Match
 * has it. Its other special characters never come here: net/url refuses a host with `?`, `\` or, since Go 1.24.8
 * (CVE-2025-47912), with brackets that hold no IP address; and what is in those is a class of characters to Match, so
 * that it matches no address. Takes time in proportion to both lengths: patterns come from whoever writes Secrets.
 */
export function matchesGlob(pattern: string, text: string): boolean {
  if (pattern.includes('[')) return false;
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return pattern === text;
  if (!text.startsWith(first) || !text.endsWith(last)) return false;
  // Each piece where it stands first: what is left for the others is longest then.
  const end = text.length - last.length;
  let at = first.length;
  for (const piece of rest) {
    const found = text.indexOf(piece, at);
    if (found === -1) return false;
    at = found + piece.length;
  }
  return at <= end;
}
