/** Where NKS lets users give kubelet arguments (clusters made after 2023-11-28; user guide of NKS). */
export const userArgsPath = '/etc/kubernetes/kubelet-user-args';

/** A line that gives the variable: its quote, its value. */
interface Given {
  readonly at: number;
  readonly length: number;
  readonly quote: string;
  readonly value: string;
}

/**
 * `KUBELET_USER_ARGS="…"` with these flags in it, every other argument and line as it was. Undefined for a file
 * that is written in a way that cannot be taken over: the variable twice, continued lines, quotes or references within
 * the value.
 */
export function withUserArgs(text: string, flags: Readonly<Record<string, string>>): string | undefined {
  const given = givenIn(text);
  if (given === undefined) return undefined;
  const { at, length, quote, value } = given;
  const line = `KUBELET_USER_ARGS=${quote}${withFlags(value, flags)}${quote}`;
  if (length > 0) return text.slice(0, at) + line + text.slice(at + length);
  return `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${line}\n`;
}

/** Where the variable is given, or the end of a file without it; undefined where it cannot be told. */
function givenIn(text: string): Given | undefined {
  const mentions = text.split('KUBELET_USER_ARGS').length - 1;
  if (mentions === 0) return { at: text.length, length: 0, quote: '"', value: '' };
  const match = /^KUBELET_USER_ARGS=(?:(["'])(.*)\1|(\S*))$/m.exec(text);
  if (match === null || mentions > 1) return undefined;
  const value = match[2] ?? match[3] ?? '';
  if (/["'\\$`\r]/.test(value)) return undefined;
  return { at: match.index, length: match[0].length, quote: match[1] ?? '"', value };
}

function withFlags(args: string, flags: Readonly<Record<string, string>>): string {
  return Object.entries(flags).reduce((now, [flag, value]) => withFlag(now, flag, value), args);
}

/** kubelet takes the last of several; all of them become the wanted one. */
function withFlag(args: string, flag: string, value: string): string {
  const pattern = new RegExp(String.raw`(^|\s)${flag}(?:=|\s+)[^\s]*`, 'g');
  const replaced = args.replaceAll(pattern, `$1${flag}=${value}`);
  if (replaced.includes(`${flag}=${value}`)) return replaced;
  return `${args}${args === '' || /\s$/.test(args) ? '' : ' '}${flag}=${value}`;
}
