import type { FileReader, Outcome } from './file-reader.ts';
import type { Owner, Settings } from './settings.ts';

/** `su USER GROUP`: who logrotate becomes while it handles the block. */
export function suDirective(reader: FileReader): Outcome {
  const line = reader.cursor.takeLine();
  const words = ownerWords(line);
  if (words.length > 2) return refuse(reader, 'su', line);
  if (!knownOwner(reader, words[0], words[1])) return reader.raise();
  const su = completed(words, reader);
  const isIncomplete = su.user === '' || su.group === '';
  if (isIncomplete && reader.session.release.suNeedsGroup) return refuse(reader, 'su', line);
  reader.target.settings = { ...reader.target.settings, su };
  return 'next';
}

/** What is left out stays as it was inherited. */
function completed(words: readonly string[], reader: FileReader): Owner {
  const missing = reader.session.release.suDefaultsToRoot ? 'root' : '';
  const inherited = reader.target.settings.su ?? { user: missing, group: missing };
  return { user: words[0] ?? inherited.user, group: words[1] ?? inherited.group };
}

/** `create` and `createolddir`: an optional octal mode, an optional user, an optional group. */
export function createDirective(settings: Partial<Settings>): (reader: FileReader, word: string) => Outcome {
  return (reader, word) => {
    const line = reader.cursor.takeLine();
    const words = ownerWords(line);
    const hasMode = /^[+-]?[0-7]/.test(words[0] ?? '');
    const owner = hasMode ? words.slice(1) : words;
    if (owner.length > 2) return refuse(reader, word, line);
    if (!knownOwner(reader, owner[0], owner[1])) return reader.raise();
    reader.target.settings = { ...reader.target.settings, ...settings };
    return 'next';
  };
}

/** Since 3.22 a name may be quoted; no real name begins with a quote, so older releases lose nothing by it. */
function ownerWords(line: string): readonly string[] {
  const matches = line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g);
  return [...matches].map((match) => match[1] ?? match[2] ?? match[3] ?? '').filter((word) => word.trim() !== '');
}

function knownOwner(reader: FileReader, user: string | undefined, group: string | undefined): boolean {
  const { accounts } = reader.session.tree;
  if (accounts === undefined) return true;
  const unknown =
    user !== undefined && !isKnown(reader, user, accounts.users)
      ? user
      : group !== undefined && !isKnown(reader, group, accounts.groups)
        ? group
        : undefined;
  if (unknown !== undefined) reader.complain('unknown-user', unknown);
  return unknown === undefined;
}

function isKnown(reader: FileReader, name: string, names: ReadonlySet<string>): boolean {
  return names.has(name) || (reader.session.release.numericOwners && /^[0-9]+$/.test(name));
}

function refuse(reader: FileReader, word: string, line: string): Outcome {
  reader.complain('bad-value', `${word} ${line}`.trim());
  return reader.raise();
}
