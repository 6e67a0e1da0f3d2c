import type { RetiredNames } from '../registry/successor.ts';

/** How retired names are looked for in texts: made once for all files of a run. */
export interface RetiredPatterns {
  readonly names: RetiredNames;
  /** What stands where a reference may: a name, with all that belongs to it. */
  readonly written: RegExp;
  /** Names wherever they stand: in prose, in addresses. */
  readonly mentioned: RegExp;
  /**
   * What every text has in it that names one, also where registry and repository are apart or slashes are escaped. Most
   * files hold none, and are then not even decoded.
   */
  readonly needle: RegExp;
  /** The same, for all places. */
  readonly needles: RegExp;
}

const either = (texts: readonly string[]): string => [...new Set(texts)].map((text) => RegExp.escape(text)).join('|');

/** What a template puts in: of Go and Jinja, of a shell, of Kubernetes and make. */
export const placeholder = String.raw`\{\{[^{}\n]*\}\}|\$\{[^{}\n]*\}|\$\([^()\n]*\)`;

/** A transport of containers-transports(5), or the default of a shell variable: `docker://…`, `${IMAGE:-…}`. */
const before = String.raw`(?<=(?:docker|oci):\/\/|:-|\$\{\w+-)|(?<![\w./-])`;

/** Where a name of the user's table ends: at a part of a path. */
const partEnd = String.raw`(?![\w-]|\.\w)`;

export function retiredPatterns(names: RetiredNames): RetiredPatterns {
  const { prefixes, hosts, replacements } = names;
  const tables = replacements.flatMap(({ from }) => spellings(from));
  const any = [either(prefixes), ...(tables.length === 0 ? [] : [`(?:${either(tables)})${partEnd}`])].join('|');
  // The name of a project on Docker Hub is any word: in a text it is one where a tag or digest is behind it.
  const short = replacements.flatMap(({ from }) => (from.startsWith(`${hub}/`) ? [from.slice(hub.length + 1)] : []));
  const tagged =
    short.length === 0 ? '' : String.raw`|(?:${before})(?:${either(short)})(?=[/:@])[\w./-]*(?::\w|@sha256:)[\w.:@-]*`;
  const needle = either([...prefixes, ...replacements.map(({ from }) => from)].map(lastPart));
  // Docker Hub's own images are written without it.
  const needles = replacements.some(({ from }) => from === hub)
    ? `${needle}|image|repository|newName|from|FROM`
    : needle;
  return {
    names,
    // A host alone counts where it is quoted: `default "k8s.gcr.io" .Values.registry`.
    written: new RegExp(
      String.raw`(?:${before})(?:${any})(?:[\w./:@+-]|${placeholder})*${tagged}` +
        String.raw`|(?<=(["']))(?:${either(hosts)})(?=\1)`,
      'g',
    ),
    mentioned: new RegExp(String.raw`(?<![\w.-])(?:(?:${either(hosts)})(?![\w-]|\.\w)|(?:${any}))[\w./:@+-]*`, 'g'),
    needle: new RegExp(needles),
    needles: new RegExp(needles, 'g'),
  };
}

const hub = 'docker.io';

function spellings(from: string): readonly string[] {
  return from === hub || from.startsWith(`${hub}/`) ? [from, `index.${from}`] : [from];
}

const lastPart = (name: string): string => name.split('/').findLast((part) => part !== '') ?? name;
