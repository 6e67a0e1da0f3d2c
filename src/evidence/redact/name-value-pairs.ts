import { mask, replaceParts, withoutOverlaps, type Masked } from './mask.ts';
import { namesSecret } from './secret-names.ts';
import { isHarmless, secretValue } from './secret-value.ts';

/** `name: DB_PASSWORD`, `"name": "DB_PASSWORD"`, `key="Password"`, `<name>fs.secret.key</name>`. */
const nameMember =
  /(?<![\w.-])(?:name|key)(?:\\?["'])?[ \t]{0,4}[:=][ \t]{0,4}\\?["']?([A-Za-z_][\w.-]{0,127})\\?["']?/gi;
const nameElement = /<(name|key)>\s{0,16}([A-Za-z_][\w.-]{0,127})\s{0,16}<\/\1>/gi;
/** What leads from the name to its value, on the same line or the next. */
const toValue = /[ \t]{0,8},?[ \t]{0,8}(?:\r?\n[ \t+-]{0,64})?\\?["']?value\\?["']?[ \t]{0,4}[:=][ \t]{0,4}/iy;
const toElement = /\s{0,64}<value>/iy;
const valueMember = /(?<![\w.-])value(?:\\?["'])?[ \t]{0,4}[:=][ \t]{0,4}(?=\S)/gi;
const toName =
  /\\?["']?[ \t]{0,8},?[ \t]{0,8}(?:\r?\n[ \t+-]{0,64})?\\?["']?(?:name|key)\\?["']?[ \t]{0,4}[:=][ \t]{0,4}\\?["']?([A-Za-z_][\w.-]{0,127})/iy;
/** `<password>…</password>`, `<server-secret>…`. */
const element = /<([A-Za-z_][\w.:-]{0,127})>([^<>\n]{1,4096})<\/\1>/g;

/** Values whose name stands beside them: lists of environment variables, properties and elements of XML. */
export function maskNameValuePairs(text: string): string {
  const inElements = text.includes('</') ? replaceParts(text, elements(text)) : text;
  if (!/value/i.test(inElements)) return inElements;
  return replaceParts(inElements, withoutOverlaps([...nameFirst(inElements), ...valueFirst(inElements)]));
}

function elements(text: string): readonly Masked[] {
  return [...text.matchAll(element)].flatMap(({ index, 0: all, 1: name = '', 2: value = '' }) => {
    if (!namesSecret(name) || value.trim() === '' || isHarmless(value)) return [];
    const start = index + name.length + 2;
    return [{ start, end: index + all.length - name.length - 3, by: mask }];
  });
}

function nameFirst(text: string): readonly Masked[] {
  const members = [...text.matchAll(nameMember)].map((match) => ({ match, name: match[1], lead: toValue }));
  const asElements = [...text.matchAll(nameElement)].map((match) => ({ match, name: match[2], lead: toElement }));
  return [...members, ...asElements].flatMap(({ match, name = '', lead }) => {
    if (!namesSecret(name)) return [];
    lead.lastIndex = match.index + match[0].length;
    if (!lead.test(text)) return [];
    const part = lead === toElement ? upToTag(text, lead.lastIndex) : valueAt(text, lead.lastIndex);
    return part === undefined ? [] : [part];
  });
}

function valueFirst(text: string): readonly Masked[] {
  const parts: Masked[] = [];
  let done = 0;
  for (const { index, 0: all } of text.matchAll(valueMember)) {
    if (index < done) continue;
    const part = valueAt(text, index + all.length);
    if (part === undefined) continue;
    done = part.end;
    toName.lastIndex = part.end;
    const [, name = ''] = toName.exec(text) ?? [];
    if (namesSecret(name)) parts.push(part);
  }
  return parts;
}

function valueAt(text: string, start: number): Masked | undefined {
  return secretValue(text, start, { ends: 'word' });
}

function upToTag(text: string, start: number): Masked | undefined {
  const end = text.indexOf('<', start);
  const none = end === -1 || end === start || text.slice(start, end).includes('\n');
  return none ? undefined : { start, end, by: mask };
}
