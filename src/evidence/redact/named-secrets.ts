import { replaceParts, type Masked } from './mask.ts';
import { secretValue, type ValueForm } from './secret-value.ts';

/**
 * Words that name a secret when they end a key: `DB_PASSWORD=`, `"identitytoken": `, `aws_secret_access_key = `,
 * `--token `. What must follow is a separator, so `password-file` and `tokenTTL` are left alone.
 */
const secretName = new RegExp(
  String.raw`(?:pass(?:word|wd|phrase|code)?|(?<=_)pwd|secret|token|(?:api|access|secret|private|signing|encryption|account|shared)[_-]?key|` +
    String.raw`credentials?|authorization|cookie|(?<![a-z0-9])_?auth)(?:[_-]?(?:id|hash|enc|b64|base64|\d{1,2}))?(?=["'\\]{0,2}[ \t]{0,8}[:=]|[ \t])`,
  'gi',
);
const separator = /(\\?["'])?[ \t]{0,8}([:=])[ \t]{0,8}/y;
const option = /[ \t]{1,4}(?![-\s])/y;
const keyCharacter = /[A-Za-z0-9_.-]/;
/** Keys are not looked at further back than this. */
const longestKey = 128;

/** The values of keys that name a secret, in environment files, INI, YAML, JSON and command lines. */
export function maskNamedSecrets(text: string): string {
  const parts: Masked[] = [];
  let done = 0;
  for (const { index, 0: name } of text.matchAll(secretName)) {
    if (index < done) continue;
    const part = valueOf(text, index, index + name.length);
    if (!part) continue;
    parts.push(part);
    done = part.end;
  }
  return replaceParts(text, parts);
}

/** The value after a name; undefined when the name is no key, or the value is none. */
function valueOf(text: string, nameStart: number, nameEnd: number): Masked | undefined {
  const keyStart = startOfKey(text, nameStart);
  const isOption = text.startsWith('--', keyStart);
  separator.lastIndex = nameEnd;
  const [, keyQuote, mark] = separator.exec(text) ?? [];
  if (mark === undefined) return isOption ? nextWord(text, nameEnd) : undefined;
  const form: ValueForm = keyQuote !== undefined || isOption ? { ends: 'word' } : formOf(text, keyStart, mark);
  return secretValue(text, separator.lastIndex, form);
}

/** The value of an option that stands for itself: `--token abc`. */
function nextWord(text: string, nameEnd: number): Masked | undefined {
  option.lastIndex = nameEnd;
  return option.test(text) ? secretValue(text, option.lastIndex, { ends: 'word' }) : undefined;
}

/** How far the value of a key without quotes of its own goes. */
function formOf(text: string, keyStart: number, mark: string): ValueForm {
  const before = text[keyStart - 1];
  // A quote before the key and none after it holds the whole assignment: Environment="TOKEN=a b".
  if (before === '"' || before === "'") return { ends: before };
  const lineStart = startOfLine(text, keyStart);
  if (lineStart === undefined) return { ends: 'word' };
  return { ends: 'line', ...(mark === ':' ? { indentation: keyStart - lineStart } : {}) };
}

function startOfKey(text: string, nameStart: number): number {
  let start = nameStart;
  while (start > 0 && nameStart - start < longestKey && keyCharacter.test(text[start - 1] ?? '')) start -= 1;
  return start;
}

/** Start of the line whose first word the key is, after a diff's mark, a list's dash or `export`. */
function startOfLine(text: string, keyStart: number): number | undefined {
  const before = text.slice(Math.max(0, keyStart - longestKey), keyStart);
  const [lead] = /(?:^|\n)[ \t+-]*(?:export[ \t]+)?$/.exec(before) ?? [];
  if (lead === undefined || (!lead.startsWith('\n') && keyStart > before.length)) return undefined;
  return keyStart - lead.length + (lead.startsWith('\n') ? 1 : 0);
}
