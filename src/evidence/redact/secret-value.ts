import { mask, type Masked } from './mask.ts';

/** How far a value goes that is not itself in quotes. */
export interface ValueForm {
  /** `word`: to the next blank or bracket; `line`: to the end of the line; a quote: to that quote. */
  readonly ends: 'word' | 'line' | '"' | "'";
  /** Indentation of a YAML key, whose value may be a block of the lines below. */
  readonly indentation?: number;
}

const wordEnd = /[\s,;&}\])"'`]/g;
const quoteEnd = { '"': /(?<!\\)"|\n/g, "'": /'|\n/g, '\\"': /\\"|\n/g } as const;
const lineEnd = /\r?\n/g;
const newline = /\n/g;
/** Indentation, with the mark of a diff or a list. */
const lead = /[ \t+-]*/y;
const indentedLine = /^([ \t+-]*)[^ \t+\-\r\n].*$/gm;
const blockScalar = /[|>][+-]?\d?[ \t]*(?:#.*)?\r?\n/y;
/** Longer than any value that shows that it is not a secret. */
const longestHarmless = 256;
/** What stands where a secret would: a setting that is on or off, a mechanism, a source of nsswitch.conf. */
const harmlessWords =
  /^(?:null|nil|none|~|true|false|true\|false|yes|no|on|off|required|optional|enabled|disabled|external|anonymous|(?:files|compat|systemd|sss)(?: .*)?)$/i;
/** Where the secret is, and not what it is: a file, a variable, what a command prints, a place in a template. */
const references: readonly RegExp[] = [
  /^\/(?:etc|var|run|usr|opt|root|home|srv|tmp|mnt|proc|sys|dev)\/[\w./@:+-]*$/,
  /^\$\{?[A-Za-z_]\w*\}?\/[\w./#@ -]*/,
  /^\$(?:[A-Z_][A-Z0-9_]*|\{[\w.:-]+\})$/,
  /^\$\(/,
  /^<[^<>]*>$/,
  /^\{\{[^{}]*\}\}$/,
];

/** The value that starts at `start`, to be masked; undefined when there is none, or it is not text. */
export function secretValue(text: string, start: number, form: ValueForm): Masked | undefined {
  if (form.indentation !== undefined) {
    blockScalar.lastIndex = start;
    if (blockScalar.test(text)) return maskBlock(text, blockScalar.lastIndex, form.indentation);
  }
  const quote = quoteAt(text, start);
  const from = quote === undefined ? start : start + quote.length;
  // An object or a list of JSON or YAML: its own keys are looked at one by one.
  if (quote === undefined && /[{[]/.test(text[from] ?? '')) return undefined;
  const end = find(endOf(form, quote), text, from);
  if (end === from || isHarmless(text.slice(from, Math.min(end, from + longestHarmless)))) return undefined;
  return { start: from, end, by: mask };
}

/** Whether a value shows that it is not a secret, or only where one is. */
export function isHarmless(value: string): boolean {
  return harmlessWords.test(value) || references.some((reference) => reference.test(value));
}

function quoteAt(text: string, start: number): keyof typeof quoteEnd | undefined {
  if (text.startsWith('\\"', start)) return '\\"';
  const first = text[start];
  return first === '"' || first === "'" ? first : undefined;
}

function endOf(form: ValueForm, quote: keyof typeof quoteEnd | undefined): RegExp {
  if (quote !== undefined) return quoteEnd[quote];
  if (form.ends === 'word') return wordEnd;
  return form.ends === 'line' ? lineEnd : quoteEnd[form.ends];
}

/** A YAML block: all lines that are indented deeper than their key. Lines stay lines. */
function maskBlock(text: string, start: number, indentation: number): Masked {
  let end = start;
  while (end < text.length && isInBlock(text, end, indentation))
    end = Math.min(text.length, find(newline, text, end) + 1);
  return { start, end, by: text.slice(start, end).replaceAll(indentedLine, `$1${mask}`) };
}

function isInBlock(text: string, lineStart: number, indentation: number): boolean {
  lead.lastIndex = lineStart;
  const [blanks = ''] = lead.exec(text) ?? [];
  const next = text[lineStart + blanks.length];
  return next === undefined || next === '\n' || next === '\r' || blanks.length > indentation;
}

function find(pattern: RegExp, text: string, from: number): number {
  pattern.lastIndex = from;
  return pattern.exec(text)?.index ?? text.length;
}
