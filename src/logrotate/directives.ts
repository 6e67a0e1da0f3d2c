import { splitWords } from './argument-words.ts';
import { readCNumber, readSize } from './c-number.ts';
import type { FileReader, Outcome } from './file-reader.ts';
import { includeDirective } from './include.ts';
import { createDirective, suDirective } from './owner-directives.ts';
import type { Criterion, ScriptName, Settings } from './settings.ts';
import { changeTaboo } from './taboo.ts';

/** Acts on the reader's target; its word has been taken, its value has not. */
export type Directive = (reader: FileReader, word: string) => Outcome;

/** Every directive of config.c (3.22.0) by its word; what a release lacks is in `Release.unknownDirectives`. */
export const directives: ReadonlyMap<string, Directive> = new Map<string, Directive>([
  ...switches({
    compress: { compress: true },
    nocompress: { compress: false },
    delaycompress: { delayCompress: true },
    nodelaycompress: { delayCompress: false },
    shred: {},
    noshred: {},
    allowhardlink: { allowHardLink: true },
    noallowhardlink: { allowHardLink: false },
    sharedscripts: { sharedScripts: true },
    nosharedscripts: { sharedScripts: false },
    nocopytruncate: { copyTruncate: false },
    norenamecopy: { renameCopy: false },
    copy: { copy: true },
    nocopy: { copy: false },
    ifempty: { ifEmpty: true },
    notifempty: { ifEmpty: false },
    dateext: { dateExt: true },
    nodateext: { dateExt: false },
    dateyesterday: {},
    datehourago: {},
    noolddir: { oldDir: undefined },
    mailfirst: {},
    maillast: {},
    nomail: { mail: undefined },
    nocreate: { create: false },
    nocreateolddir: { createOldDir: false },
    missingok: { missingOk: true },
    nomissingok: { missingOk: false },
    ignoreduplicates: { ignoreDuplicates: true },
    errors: {},
  }),
  ['copytruncate', (reader) => change(reader, { copyTruncate: true, ...overridden(reader, { renameCopy: false }) })],
  ['renamecopy', (reader) => change(reader, { renameCopy: true, ...overridden(reader, { copyTruncate: false }) })],
  ['hourly', period('hourly')],
  ['daily', period('daily')],
  ['weekly', weeklyDirective],
  ['monthly', period('monthly')],
  ['yearly', period('yearly')],
  ['size', sizeDirective((threshold) => ({ criterion: 'size', threshold }))],
  ['minsize', sizeDirective((minSize) => ({ minSize }))],
  ['maxsize', sizeDirective((maxSize) => ({ maxSize }))],
  ['rotate', countDirective((rotateCount) => ({ rotateCount }), -1)],
  ['start', countDirective(() => ({}))],
  ['shredcycles', countDirective(() => ({}))],
  ['minage', countDirective((minAge) => ({ minAge }))],
  ['maxage', countDirective((maxAge) => ({ maxAge }))],
  ['dateformat', (reader) => change(reader, { dateFormat: reader.cursor.takeValue() })],
  ['extension', textDirective((extension) => ({ extension }))],
  ['addextension', textDirective((addExtension) => ({ addExtension }))],
  ['olddir', pathDirective((oldDir) => ({ oldDir }))],
  ['compresscmd', pathDirective((compressCommand) => ({ compressCommand }))],
  ['uncompresscmd', pathDirective(() => ({}))],
  ['compressext', pathDirective((compressExtension) => ({ compressExtension }))],
  ['mail', pathDirective((mail) => ({ mail }))],
  ['compressoptions', compressOptionsDirective],
  ['su', suDirective],
  ['create', createDirective({ create: true })],
  ['createolddir', createDirective({ createOldDir: true })],
  ['tabooext', tabooDirective('tabooext')],
  ['taboopat', tabooDirective('taboopat')],
  ['include', includeDirective],
  ...(['prerotate', 'postrotate', 'firstaction', 'lastaction', 'preremove'] as const).map(
    (name): [string, Directive] => [name, scriptDirective(name)],
  ),
]);

function change(reader: FileReader, settings: Partial<Settings>): Outcome {
  reader.target.settings = { ...reader.target.settings, ...settings };
  return 'next';
}

function switches(changes: Readonly<Record<string, Partial<Settings>>>): readonly [string, Directive][] {
  return Object.entries(changes).map(([word, settings]) => [word, (reader) => change(reader, settings)]);
}

function overridden(reader: FileReader, settings: Partial<Settings>): Partial<Settings> {
  return reader.session.release.renameCopyOverrides ? settings : {};
}

function period(criterion: Criterion): Directive {
  return (reader) => change(reader, { criterion });
}

/** `weekly` with a wrong day gives the whole file up (config.c, 3.12 and later). */
function weeklyDirective(reader: FileReader): Outcome {
  change(reader, { criterion: 'weekly' });
  if (!reader.session.release.weeklyTakesDay) return 'next';
  const day = reader.cursor.takeLine();
  if (day === '' || /^\s*\+?0*[0-7]$/.test(day)) return 'next';
  reader.complain('bad-value', `weekly ${day.trim()}`);
  return 'abort';
}

function sizeDirective(settings: (bytes: number) => Partial<Settings>): Directive {
  return (reader, word) => {
    const value = reader.cursor.takeValue();
    // Before 3.12 an empty value was looked at in front of its first byte.
    const isMissing = value === '' && !reader.session.release.errorDropsFile;
    if (value === undefined || isMissing) {
      // The one kind of missing value that no release treats as an error.
      reader.complain('missing-value', word);
      return 'next';
    }
    const bytes = readSize(value);
    return typeof bytes === 'number' ? change(reader, settings(bytes)) : badValue(reader, word, value);
  };
}

function countDirective(settings: (count: number) => Partial<Settings>, lowest = 0): Directive {
  return (reader, word) => {
    const value = reader.cursor.takeValue();
    if (value === undefined) return reader.valueMissing(word);
    const number = readCNumber(value);
    // C stores it in an int.
    const count = Math.trunc(number.value) | 0;
    const floor = reader.session.release.unlimitedRotations ? lowest : 0;
    return number.rest !== '' || count < floor ? badValue(reader, word, value) : change(reader, settings(count));
  };
}

function textDirective(settings: (value: string) => Partial<Settings>): Directive {
  return (reader, word) => {
    const value = reader.cursor.takeValue();
    return value === undefined ? reader.valueMissing(word) : change(reader, settings(value));
  };
}

/** A value that may hold no blank; one that is missing is an error in every release (readPath, readAddress). */
function pathDirective(settings: (value: string) => Partial<Settings>): Directive {
  return (reader, word) => {
    const value = reader.cursor.takeValue();
    if (value === undefined) {
      reader.complain('missing-value', word);
      return reader.raise();
    }
    return /^[!-~]*$/.test(value) ? change(reader, settings(value)) : badValue(reader, word, value);
  };
}

function compressOptionsDirective(reader: FileReader, word: string): Outcome {
  const value = reader.cursor.takeLine();
  const words = splitWords(value);
  // popt refuses an empty list too.
  return words === 'ends-in-backslash' || words.length === 0 ? badValue(reader, word, value) : 'next';
}

function tabooDirective(word: 'tabooext' | 'taboopat'): Directive {
  return (reader) => {
    if (reader.insideBlock) {
      reader.complain('taboo-inside-block', word);
      reader.failBlock();
      return 'next';
    }
    const value = reader.cursor.takeValue();
    if (value !== undefined) reader.session.taboo = changeTaboo(reader.session.taboo, value, word);
    return 'next';
  };
}

function scriptDirective(name: ScriptName): Directive {
  return (reader) => {
    reader.openScript();
    return change(reader, { scripts: new Set([...reader.target.settings.scripts, name]) });
  };
}

function badValue(reader: FileReader, word: string, value: string): Outcome {
  reader.complain('bad-value', `${word} ${value}`.trim());
  return reader.raise();
}
