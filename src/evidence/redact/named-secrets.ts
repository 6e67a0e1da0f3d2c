import { maskList } from './list-of-secrets.ts';
import { replaceParts, type Masked } from './mask.ts';
import { secretName } from './secret-names.ts';
import { secretValue, type ValueForm } from './secret-value.ts';

/**
 * Words that name a secret when they end a key: `DB_PASSWORD=`, `"identitytoken": `, `--token `. What must follow is a
 * separator, so `password-file` and `tokenTTL` are left alone.
 */
const secretKey = new RegExp(String.raw`${secretName}(?=["'\\]{0,2}[ \t]{0,8}[:=,]|[ \t])`, 'gi');
const separator = /(\\?["'])?[ \t]{0,8}(=>|[:=])[ \t]{0,32}/y;
/** `define('DB_PASSWORD', '…')`: both in quotes. */
const argument = /\\?["'][ \t]{0,8},[ \t]{0,8}(?=\\?["'])/y;
const option = /[ \t]{1,4}(?![-\s])/y;
/**
 * The only other word of its line: `requirepass x`, `auth_pass x`, and in quotes with a semicolon behind: `secret
 * "x";`.
 */
const directive = /[ \t]{1,32}(?:(?=["'][^"'\n]{1,512}["'];?[ \t]*$)|(?=[^\s"'{}[\]()<>]{1,512};?[ \t]*\r?$))/my;
/** Words of prose and of other formats are followed by one more word, too. */
const directiveKey = /^(?:requirepass|masterauth|auth_pass|secret|(?:\w{1,32}[_-])?pass(?:word|wd))$/i;
const keyCharacter = /[A-Za-z0-9_.-]/;
/** Keys are not looked at further back than this. */
const longestKey = 128;

/** The values of keys that name a secret, in environment files, INI, YAML, JSON, TOML and command lines. */
export function maskNamedSecrets(text: string): string {
  const parts: Masked[] = [];
  let done = 0;
  for (const { index, 0: name } of text.matchAll(secretKey)) {
    if (index < done) continue;
    const found = valuesOf(text, index, index + name.length);
    parts.push(...found);
    done = found.at(-1)?.end ?? done;
  }
  return replaceParts(text, parts);
}

/** The values after a name; none when the name is not a key, or what follows is not a value. */
function valuesOf(text: string, nameStart: number, nameEnd: number): readonly Masked[] {
  const keyStart = startOfKey(text, nameStart);
  separator.lastIndex = nameEnd;
  const [, keyQuote, mark] = separator.exec(text) ?? [];
  if (mark === undefined) return one(withoutSeparator(text, keyStart, nameEnd));
  const isOption = text.startsWith('--', keyStart);
  // `--set-credential= is` has no value.
  if (isOption && mark === '=' && /\s/.test(text[separator.lastIndex - 1] ?? '')) return [];
  const form: ValueForm = keyQuote !== undefined || isOption ? { ends: 'word' } : formOf(text, keyStart, mark);
  const start = separator.lastIndex;
  const list = maskList(text, start, keyStart);
  return list.length > 0 ? list : one(secretValue(text, start, form));
}

function one(part: Masked | undefined): readonly Masked[] {
  return part === undefined ? [] : [part];
}

/** `--token abc`, `-storepass abc`, `requirepass abc`, `define('PASSWORD', 'abc')`. */
function withoutSeparator(text: string, keyStart: number, nameEnd: number): Masked | undefined {
  argument.lastIndex = nameEnd;
  const isArgument =
    /\([ \t]{0,4}["']$/.test(text.slice(Math.max(0, keyStart - 6), keyStart)) || text[keyStart] === '-';
  if (isArgument && argument.test(text)) return secretValue(text, argument.lastIndex, { ends: 'word' });
  option.lastIndex = nameEnd;
  if (text[keyStart] === '-' && option.test(text)) return secretValue(text, option.lastIndex, { ends: 'word' });
  directive.lastIndex = nameEnd;
  if (!directiveKey.test(text.slice(keyStart, nameEnd))) return undefined;
  if (startOfLine(text, keyStart) === undefined || !directive.test(text)) return undefined;
  return secretValue(text, directive.lastIndex, { ends: 'word' });
}

/** How far the value of a key without quotes of its own goes. */
function formOf(text: string, keyStart: number, mark: string): ValueForm {
  const before = text[keyStart - 1];
  // A quote before the key and none after it holds the whole assignment: Environment="TOKEN=a b".
  if (before === '"' || before === "'") return { ends: text[keyStart - 2] === '\\' ? 'word' : before };
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
