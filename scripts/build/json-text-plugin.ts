import { readFile } from 'node:fs/promises';
import type { Plugin } from 'rolldown';

/** JSON files are parsed as JSON when they are loaded, which V8 does quicker than it compiles an object literal. */
export const jsonTextPlugin: Plugin = {
  name: 'json-text',
  async load(id) {
    if (!id.endsWith('.json')) return null;
    const text = JSON.stringify(JSON.stringify(JSON.parse(await readFile(id, 'utf8'))));
    return { code: `export default JSON.parse(${text});`, moduleType: 'js' };
  },
};
