import { mask } from './mask.ts';

/** A word that is long enough to hold a token. */
const longWord = /(?<![A-Za-z0-9_-])[A-Za-z0-9_-]{23}[A-Za-z0-9_-]*={0,2}/g;
/** Longer is a document in base64. */
const longestToken = 420;
/** Most long words of a list of images: told before anything else is asked of them. */
const hexadecimal = /^[0-9a-f]+$/;

/** What most providers make today: a short word that names them, then what was drawn. */
const prefixed = /^[A-Za-z][A-Za-z0-9]{1,9}[_-](?:[A-Za-z0-9]{2,8}[_-])?([A-Za-z0-9_-]{20,400})=*$/;
/** The same of hexadecimal digits, behind an underscore: `sbp_…`, `lsv2_pt_…_…`. */
const prefixedHex = /^[A-Za-z][A-Za-z0-9]{1,9}_(?:[A-Za-z0-9]{2,32}_)?[0-9a-f]{32,40}(?:_[0-9a-f]{8,16})?$/;
/** The same of capitals and digits: `NRAK-…`. */
const prefixedCapitals = /^[A-Za-z][A-Za-z0-9]{1,9}[_-]([A-Z0-9]{20,64})$/;
/** A checksum with an account before or a data centre behind it. */
const decoratedHex = /^(?:[A-Z]{2,4}[0-9a-f]{32}|[0-9a-f]{32}-[a-z]{2,4}\d{1,3})$/;
/** Small letters and digits, more than an id of Docker Swarm (25) or a name has in one word. */
const smallLetters = /^[a-z0-9]{32,128}$/;

/**
 * Tokens of providers that no rule knows: what was drawn and not written. Ids of containers and pods, checksums and
 * digests are of hexadecimal digits alone, and stay.
 */
export function maskRandomTokens(text: string): string {
  return text.replaceAll(longWord, (word: string, place: number) =>
    word.length <= longestToken && !hexadecimal.test(word) && isToken(word, text, place) ? mask : word,
  );
}

function isToken(word: string, text: string, place: number): boolean {
  const before = text[place - 1] ?? '\n';
  const after = text[place + word.length] ?? '\n';
  // A part of base64 or of a path.
  if ('/+'.includes(before) || '/+'.includes(after)) return false;
  if (before !== '.' && hasPrefix(word)) return true;
  const inElement = before === '>' || after === '<';
  return !inElement && standsAlone(word) && !isWholeLine(word, text, place);
}

function standsAlone(word: string): boolean {
  if (word.length < 32) return false;
  if (smallLetters.test(word)) return countOf(word, /\d/g) > 5 && countOf(word, /[g-z]/g) > 5;
  return looksRandom(word);
}

function hasPrefix(word: string): boolean {
  if (prefixedHex.test(word) || decoratedHex.test(word)) return true;
  const [, capitals] = prefixedCapitals.exec(word) ?? [];
  if (capitals !== undefined && countOf(capitals, /\d/g) > 2 && countOf(capitals, /[G-Z]/g) > 2) return true;
  const [, tail] = prefixed.exec(word) ?? [];
  return tail !== undefined && looksRandom(tail);
}

/** A line of nothing else is one of a certificate. */
function isWholeLine(word: string, text: string, place: number): boolean {
  if (/[_-]/.test(word)) return false;
  const lead = text.slice(Math.max(0, place - 64), place);
  return /(?:^|\n)[ \t]*$/.test(lead) && /^\r?(?:\n|$)/.test(text.slice(place + word.length, place + word.length + 2));
}

function countOf(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}

/**
 * Whether a text was drawn, not written: it has digits, small letters and capitals, and they change at more than two of
 * five places (62 % in what is drawn of all 62; less than a third in words, names of pods, and camel case).
 */
function looksRandom(text: string): boolean {
  const kinds = Array.from(text.replaceAll(/[^A-Za-z0-9]/g, ''), kindOf);
  const changes = kinds.filter((kind, at) => at > 0 && kind !== kinds[at - 1]).length;
  return new Set(kinds).size === 3 && changes > 0.4 * (kinds.length - 1);
}

function kindOf(character: string): 'digit' | 'lower' | 'upper' {
  if (character <= '9') return 'digit';
  return character >= 'a' ? 'lower' : 'upper';
}
