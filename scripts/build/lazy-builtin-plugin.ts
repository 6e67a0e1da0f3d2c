import { builtinModules } from 'node:module';
import type { Plugin } from 'rolldown';

/** What wraps modules in CommonJS form. */
const bundlersRuntime = '\0rolldown/runtime.js';

const mark = '\0lazy-builtin:';
const required = '?required';
const value = '?value=';

/**
 * Node's own modules are loaded when something of them is first used, not when a chunk that may use them is. An
 * `import` of one costs more than it seems: to make its ES form Node evaluates every export, so `node:fs` brings all of
 * streams along, and commander's `node:child_process` brings sockets; together half of what `nodemend --help` took.
 */
export const lazyBuiltinPlugin: Plugin = {
  name: 'lazy-builtin',
  resolveId(source, _importer, { kind }) {
    if (source.startsWith(mark)) return { id: source, moduleSideEffects: false };
    const name = source.replace(/^node:/, '');
    const isBuiltin = source.startsWith('node:') || builtinModules.includes(name);
    if (!isBuiltin) return null;
    return { id: mark + name + (kind === 'import-statement' ? '' : required), moduleSideEffects: false };
  },
  transform(code, id) {
    return id === bundlersRuntime ? withLazyRequire(code) : null;
  },
  load(id) {
    if (!id.startsWith(mark)) return null;
    return { code: moduleOf(id.slice(mark.length)), moduleType: 'js' };
  },
};

/**
 * The bundler's own runtime makes its `require` when it is loaded, which every start would pay for; what asks for it
 * (ssh2's libraries, whether there is one) never calls it.
 */
function withLazyRequire(code: string): string {
  const lazy = code
    .replace(/^import \{ createRequire \} from 'node:module';\n/, '')
    .replace(
      '(() => createRequire(import.meta.url))()',
      `(id) => ${getBuiltin('module')}.createRequire(import.meta.url)(id)`,
    );
  if (/(?<!\.)createRequire/.test(lazy))
    throw new Error('the runtime of rolldown is another than this was written for');
  return lazy;
}

function moduleOf(request: string): string {
  if (request.endsWith(required)) return requiredModule(request.slice(0, -required.length));
  const [name = '', key] = request.split(value);
  return key === undefined ? importedModule(name) : `export default ${getBuiltin(name)}.${key};`;
}

/**
 * For `import`: an ES module of which only that is bundled which somebody imports by name. A function becomes one that
 * calls it; what is no plain function (a class that is extended, a value, a function that `promisify` asks for another)
 * is a module of its own, which fetches it where the chunk of its user is loaded.
 */
function importedModule(name: string): string {
  if (name === 'process') return 'export default process;';
  const found = builtin(name);
  const names = Object.getOwnPropertyNames(found).filter((key) => /^[A-Za-z]\w*$/.test(key) && key !== 'default');
  const exported = names.map((key) =>
    isPlainFunction(found, key)
      ? `function of_${key}(...args) { return all().${key}(...args); }\nexport { of_${key} as ${key} };`
      : `export { default as ${key} } from ${JSON.stringify(mark + name + value + key)};`,
  );
  const whole = typeof found === 'object' ? 'new Proxy({}, { get: (_, key) => all()[key] })' : 'all()';
  return [
    'let found;',
    `const all = () => (found ??= ${getBuiltin(name)});`,
    ...exported,
    `export default /* @__PURE__ */ (() => ${whole})();`,
  ].join('\n');
}

/** Whether a call through another function cannot be told from one of it. */
function isPlainFunction(holder: object, key: string): boolean {
  const { value } = Object.getOwnPropertyDescriptor(holder, key) ?? {};
  if (typeof value !== 'function' || !/^[a-z]/.test(key)) return false;
  return Reflect.ownKeys(value).every((own) => own === 'length' || own === 'name' || own === 'prototype');
}

/**
 * For `require`: an object of getters; of one that is a function or a class (`events`, `stream`) itself, because its
 * users extend it.
 */
function requiredModule(name: string): string {
  if (name === 'process') return 'module.exports = process;';
  const found = builtin(name);
  const get = getBuiltin(name);
  if (typeof found !== 'object') return `module.exports = ${get};`;
  const getters = Object.getOwnPropertyNames(found).map(
    (key) => `get ${JSON.stringify(key)}() { return ${get}[${JSON.stringify(key)}]; }`,
  );
  return `module.exports = {\n${getters.join(',\n')}\n};`;
}

function builtin(name: string): object {
  return process.getBuiltinModule(`node:${name}`) as object;
}

function getBuiltin(name: string): string {
  return `process.getBuiltinModule(${JSON.stringify(`node:${name}`)})`;
}
