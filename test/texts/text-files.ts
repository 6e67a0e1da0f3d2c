import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { languages, type Language } from '../../src/locales/language.ts';
import type { TextTree } from '../../src/locales/translator.ts';

/** A file of texts that exists once per language. */
export interface TextFile {
  /** For people and for tests: `cli`, `errors.transport`, `problems/container-logs`, `actions/file`. */
  readonly name: string;
  /** Texts by dotted key, for each language. */
  readonly texts: Readonly<Record<Language, ReadonlyMap<string, string>>>;
  /** As they are written. */
  readonly json: Readonly<Record<Language, string>>;
}

const root = join(import.meta.dirname, '../..');
const locales = join(root, 'src/locales');

/** Every text that nodemend can say, read from the files themselves so that none is left out. */
export function textFiles(): readonly TextFile[] {
  const shared = readdirSync(join(locales, 'en')).map((file) =>
    textFile(file.replace(/\.json$/, ''), (language) => join(locales, language, file)),
  );
  return [...shared, ...textsIn('problems'), ...textsIn('actions'), ...errorsOfKinds()];
}

/** Texts of what lies in a folder of its own. That a problem has any is for the test over all problems. */
function textsIn(place: string): readonly TextFile[] {
  const folder = join(root, 'src', place);
  return readdirSync(folder)
    .filter((name) => languages.some((language) => existsSync(join(folder, name, `text.${language}.json`))))
    .map((name) => textFile(`${place}/${name}`, (language) => join(folder, name, `text.${language}.json`)));
}

/** Of kinds of action that refuse for reasons of their own. */
function errorsOfKinds(): readonly TextFile[] {
  const folder = join(root, 'src/actions');
  return readdirSync(folder)
    .filter((name) => existsSync(join(folder, name, 'errors.en.json')))
    .map((name) => textFile(`errors.${name}`, (language) => join(folder, name, `errors.${language}.json`)));
}

function textFile(name: string, pathOf: (language: Language) => string): TextFile {
  const json = Object.fromEntries(
    languages.map((language) => [language, readFileSync(pathOf(language), 'utf8')]),
  ) as TextFile['json'];
  const texts = Object.fromEntries(
    languages.map((language) => [language, flatten(JSON.parse(json[language]) as TextTree)]),
  ) as TextFile['texts'];
  return { name, texts, json };
}

function flatten(tree: TextTree, prefix = ''): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(tree).flatMap(([key, value]) =>
      typeof value === 'string' ? [[`${prefix}${key}`, value] as const] : [...flatten(value, `${prefix}${key}.`)],
    ),
  );
}

/** A key without its plural form: `count.nodes_one` and `count.nodes_other` are one text. */
export function baseKey(key: string): string {
  return key.replace(/_(?:one|other)$/, '');
}

/** The `{{names}}` in a text. */
export function placeholders(text: string): ReadonlySet<string> {
  return new Set([...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, name = '']) => name));
}

export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/**
 * TypeScript files of the product, its scripts and its tests. Contract suites and what only tests use count as tests.
 */
export function sourceFiles(tests: boolean): readonly SourceFile[] {
  return ['src', 'lab', 'scripts', 'test', 'testbed']
    .flatMap((folder) => readdirSync(join(root, folder), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .filter((path) => isTest(path) === tests)
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
}

function isTest(path: string): boolean {
  return /\.test\.ts$|(?:^|[/-])contract\.ts$|\/(?:testing|fixtures)\/|^test(?:bed)?\//.test(path);
}
