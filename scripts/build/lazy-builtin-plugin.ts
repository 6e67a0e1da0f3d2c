import { builtinModules } from 'node:module';
import type { Plugin } from 'rolldown';

const mark = '\0lazy-builtin:';
const forRuntime = '\0builtin-for-runtime';

/**
 * Node's own modules are loaded when something of them is first used, not when a chunk that may use them is. An
 * `import` of one costs more than it seems: to make its ES form Node evaluates every export, so `node:fs` brings all of
 * streams along, and commander's `node:child_process` brings sockets; together half of what `nodemend --help` took.
 *
 * A module that is a plain object becomes an object of getters; one that is a function or a class (`events`, `stream`)
 * is fetched at once, because its users extend it.
 */
export const lazyBuiltinPlugin: Plugin = {
  name: 'lazy-builtin',
  resolveId(source, importer) {
    // What wraps modules in CommonJS form cannot be given one.
    if (source === 'node:module' && importer?.includes('rolldown/runtime')) return forRuntime;
    const name = source.replace(/^node:/, '');
    const isBuiltin = source.startsWith('node:') || builtinModules.includes(name);
    return isBuiltin ? { id: `${mark}${name}.cjs`, moduleSideEffects: false } : null;
  },
  load(id) {
    if (id === forRuntime)
      return "export const createRequire = (url) => process.getBuiltinModule('node:module').createRequire(url);";
    if (!id.startsWith(mark)) return null;
    return { code: lazyModule(id.slice(mark.length, -'.cjs'.length)), moduleType: 'js' };
  },
};

function lazyModule(name: string): string {
  if (name === 'process') return 'module.exports = process;';
  const get = `process.getBuiltinModule(${JSON.stringify(`node:${name}`)})`;
  const found = process.getBuiltinModule(`node:${name}`) as object;
  if (typeof found !== 'object') return `module.exports = ${get};`;
  const getters = Object.getOwnPropertyNames(found).map(
    (key) => `get ${JSON.stringify(key)}() { return ${get}[${JSON.stringify(key)}]; }`,
  );
  return `module.exports = {\n${getters.join(',\n')}\n};`;
}
