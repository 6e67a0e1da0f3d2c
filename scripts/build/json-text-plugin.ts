import { readFile } from 'node:fs/promises';
import type { Plugin } from 'rolldown';

/**
 * JSON files (mostly words) are parsed as JSON when they are loaded, which V8 does quicker than it compiles an object
 * literal.
 */
export const jsonTextPlugin: Plugin = {
  name: 'json-text',
  async load(id) {
    if (!id.endsWith('.json')) return null;
    const text = JSON.stringify(JSON.stringify(JSON.parse(await readFile(id, 'utf8'))));
    const code = /[\\/]locales[\\/]|[\\/]actions[\\/].*\.json$/.test(id)
      ? whenAsked(text)
      : `export default JSON.parse(${text});`;
    return { code, moduleType: 'js' };
  },
};

/**
 * Words are parsed at the first look at them: there are some thirty files of them in two languages, and most commands need
 * two. A proxy, because a module's default export is a value.
 */
function whenAsked(text: string): string {
  return `
    let words;
    const all = () => (words ??= JSON.parse(${text}));
    export default new Proxy({}, {
      get: (_, key) => all()[key],
      has: (_, key) => key in all(),
      ownKeys: () => Reflect.ownKeys(all()),
      getOwnPropertyDescriptor: (_, key) => Reflect.getOwnPropertyDescriptor(all(), key),
    });
  `;
}
