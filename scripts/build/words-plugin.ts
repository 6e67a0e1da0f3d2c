import { createHash } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Plugin } from 'rolldown';

/** What nodemend itself may say, by language. The words of a problem are loaded with it. */
const sources = ['src/locales/LANGUAGE/*.json', 'src/actions/*/{text,errors}.LANGUAGE.json'];
const languages = ['en', 'ko'];
const reader = '\0words';

interface WordsFile {
  /** Beside the chunks, named by its content as they are. */
  readonly fileName: string;
  readonly content: Buffer;
  /** Of each source its place in the content, bytes. */
  readonly places: ReadonlyMap<string, readonly [from: number, to: number]>;
}

/**
 * Words are kept beside the code, in one file for each language, which is read whole at the first look at any of them;
 * what is asked for is parsed then. A start needs a few of one language. As part of the code both would be read and
 * kept as compiled code by each, Korean as escapes. It is read whole so that an error has its words also when nothing
 * can be opened any more.
 */
export function wordsPlugin(root: string): Plugin {
  const files = languages.map((language) => wordsFile(root, language));
  return {
    name: 'words',
    buildStart() {
      for (const { fileName, content } of files)
        this.emitFile({ type: 'asset', fileName: `chunks/${fileName}`, source: content });
    },
    resolveId: (source) => (source === reader ? { id: reader, moduleSideEffects: false } : null),
    load(id) {
      if (id === reader) return { code: readerModule, moduleType: 'js' };
      const source = relative(root, id);
      const file = files.find(({ places }) => places.has(source));
      const place = file?.places.get(source);
      return file && place ? { code: wordsModule(file.fileName, place), moduleType: 'js' } : null;
    },
  };
}

/** JSON, with a line for each source. */
function wordsFile(root: string, language: string): WordsFile {
  const found = sources.flatMap((pattern) => globSync(pattern.replace('LANGUAGE', language), { cwd: root })).toSorted();
  const places = new Map<string, readonly [number, number]>();
  let text = '{';
  for (const source of found) {
    text += `${places.size === 0 ? '' : ','}\n${JSON.stringify(source)}:`;
    const from = Buffer.byteLength(text);
    text += JSON.stringify(JSON.parse(readFileSync(join(root, source), 'utf8')));
    places.set(source, [from, Buffer.byteLength(text)]);
  }
  const content = Buffer.from(`${text}\n}\n`);
  const hash = createHash('sha256').update(content).digest('hex').slice(0, 8);
  return { fileName: `words-${language}-${hash}.json`, content, places };
}

const readerModule = `
  import { readFileSync } from 'node:fs';
  const files = new Map();
  export function readWords(fileName, from, to) {
    if (!files.has(fileName)) files.set(fileName, readFileSync(new URL(fileName, import.meta.url)));
    return JSON.parse(files.get(fileName).toString('utf8', from, to));
  }
`;

/** A proxy, because a module's default export is a value. */
function wordsModule(fileName: string, [from, to]: readonly [number, number]): string {
  return `
    import { readWords } from ${JSON.stringify(reader)};
    let words;
    const all = () => (words ??= readWords(${JSON.stringify(`./${fileName}`)}, ${from}, ${to}));
    export default new Proxy({}, {
      get: (_, key) => all()[key],
      has: (_, key) => key in all(),
      ownKeys: () => Reflect.ownKeys(all()),
      getOwnPropertyDescriptor: (_, key) => Reflect.getOwnPropertyDescriptor(all(), key),
    });
  `;
}
