import { readFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import type { Plugin } from 'rolldown';

const mark = '\0raw-text:';

/** The file whose text a bundled module is; other modules are named by their path already. */
export function fileOfModule(root: string, id: string): string {
  return id.startsWith(mark) ? join(root, id.slice(mark.length)) : id;
}

/**
 * `import text from './x.sh?raw'` becomes the file's text inside the bundle. The module is named by its path inside the
 * checkout, so that the bundle does not depend on where that is.
 */
export function rawTextPlugin(root: string): Plugin {
  return {
    name: 'raw-text',
    resolveId(source, importer) {
      if (!source.endsWith('?raw') || importer === undefined) return null;
      return mark + relative(root, resolve(dirname(importer), source.slice(0, -'?raw'.length)));
    },
    async load(id) {
      if (!id.startsWith(mark)) return null;
      const text = await readFile(join(root, id.slice(mark.length)), 'utf8');
      return { code: `export default ${JSON.stringify(text)};`, moduleType: 'js' };
    },
  };
}
