import { builtinModules } from 'node:module';
import type { Plugin } from 'esbuild';

/**
 * Node's own modules are loaded when something of them is first used, not when a chunk that may use them is. An `import` of one
 * costs more than it seems: to make its ES form Node evaluates every export, so `node:fs` brings all of streams along, and
 * commander's `node:child_process` brings sockets; together half of what `nodemend --help` took.
 *
 * A module that is a plain object becomes an object of getters; one that is a function or a class (`events`, `stream`) is
 * fetched at once, because its users extend it.
 */
export const lazyBuiltinPlugin: Plugin = {
  name: 'lazy-builtin',
  setup(build) {
    const names = new Set(builtinModules.map((name) => name.replace(/^node:/, '')));
    build.onResolve({ filter: /^(node:)?[a-z_0-9/]+$/ }, ({ path, namespace }) => {
      const name = path.replace(/^node:/, '');
      const isOwn = namespace !== 'lazy-builtin' && (path.startsWith('node:') || names.has(name));
      return isOwn ? { path: name, namespace: 'lazy-builtin', sideEffects: false } : undefined;
    });
    build.onLoad({ filter: /.*/, namespace: 'lazy-builtin' }, ({ path }) => ({ contents: lazyModule(path), loader: 'js' }));
  },
};

function lazyModule(name: string): string {
  if (name === 'process') return 'module.exports = process;';
  const found = process.getBuiltinModule(`node:${name}`) as object;
  const get = `process.getBuiltinModule(${JSON.stringify(`node:${name}`)})`;
  if (typeof found !== 'object') return `module.exports = ${get};`;
  const getters = Object.getOwnPropertyNames(found).map((key) => `get ${JSON.stringify(key)}() { return ${get}[${JSON.stringify(key)}]; }`);
  return `module.exports = {\n${getters.join(',\n')}\n};`;
}
