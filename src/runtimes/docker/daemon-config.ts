import { parseTree, type Node, type ParseError } from 'jsonc-parser';
import type { DockerDaemon } from './docker-daemon.ts';
import { knownOptions, optionOfFlag } from './known-options.ts';
import { logOptionFault } from './log-options.ts';

/** What dockerd would make of its configuration file at its next start. */
export type DaemonConfig = { readonly state: 'valid'; readonly options: DaemonOptions } | DaemonFault;

/** What keeps it from starting. */
export type DaemonFault =
  /** `text-behind`: it ends before the file does, which releases before 23.0 do not mind. */
  | { readonly state: 'broken'; readonly why: 'no-json' | 'text-behind'; readonly line: number }
  | {
      readonly state: 'broken';
      readonly why: 'no-object' | 'no-text' | 'twice' | 'unknown-option' | 'flag-and-file' | 'log-value';
      readonly what: string;
    }
  /** A log driver that docker does not bring along: it starts where a plugin has that name. */
  | { readonly state: 'broken'; readonly why: 'log-driver'; readonly what: string }
  | {
      readonly state: 'broken';
      readonly why: 'log-option' | 'log-option-missing';
      readonly what: string;
      readonly driver: string;
    };

export interface DaemonOptions {
  readonly logDriver: string | undefined;
  readonly logOpts: ReadonlyMap<string, string>;
  readonly liveRestore: boolean | undefined;
  readonly registryMirrors: readonly string[];
}

/** Of a daemon without a file. */
export const noOptions: DaemonOptions = {
  logDriver: undefined,
  logOpts: new Map(),
  liveRestore: undefined,
  registryMirrors: [],
};

/**
 * As dockerd reads it: strict JSON (encoding/json), texts where texts are wanted. An empty file is an error, as it is
 * to 20.10.
 */
export function readDaemonConfig(content: string): DaemonConfig {
  const errors: ParseError[] = [];
  const root = parseTree(content, errors, {
    disallowComments: true,
    allowTrailingComma: false,
    allowEmptyContent: false,
  });
  if (!isJson(content) || root === undefined) {
    return {
      state: 'broken',
      why: isJson(objectOf(content, root)) ? 'text-behind' : 'no-json',
      line: lineOf(content, errors[0]?.offset ?? content.length),
    };
  }
  if (root.type !== 'object') return { state: 'broken', why: 'no-object', what: root.type };
  const twice = twiceNamed(root) ?? twiceNamed(valueOf(root, 'log-opts'));
  if (twice !== undefined) return { state: 'broken', why: 'twice', what: twice };
  const wrong = notText(root);
  return wrong === undefined
    ? { state: 'valid', options: optionsOf(root) }
    : { state: 'broken', why: 'no-text', what: wrong };
}

/**
 * What dockerd refuses beside a file that it cannot read (`findConfigurationConflicts` in moby's
 * daemon/config/config.go): an option that no release knows, and one that is a flag as well; and log options that the
 * driver does not know, which it asks only when it starts (`defaultLogConfig` in daemon/logs.go), not with `--validate`.
 */
export function conflictOf(
  content: string,
  { flags, options }: Pick<DockerDaemon, 'flags' | 'options'>,
): DaemonFault | undefined {
  const names = Object.keys(JSON.parse(content) as object);
  const unknown = names.find((name) => !knownOptions.has(name));
  if (unknown !== undefined) return { state: 'broken', why: 'unknown-option', what: unknown };
  const byFlag = new Set([...flags].map(optionOfFlag));
  // Runtimes of both are taken together.
  const both = names.find((name) => name !== 'runtimes' && byFlag.has(name));
  if (both !== undefined) return { state: 'broken', why: 'flag-and-file', what: both };
  const file = readDaemonConfig(content);
  return file.state === 'valid' ? logConflictOf(file.options, { flags, options }) : undefined;
}

/** Driver and options may stand in two places, one in the file and one among the flags. */
function logConflictOf(
  file: DaemonOptions,
  { flags, options }: Pick<DockerDaemon, 'flags' | 'options'>,
): DaemonFault | undefined {
  // A flag whose value is not known may name any driver.
  if (flags.has('--log-driver') && !options.has('log-driver')) return undefined;
  const driver = options.get('log-driver') ?? file.logDriver ?? 'json-file';
  // Of flags these two are known.
  const given = [...options].filter(([name]) => name === 'max-size' || name === 'max-file');
  return logOptionFault(driver, flags.has('--log-opt') ? new Map(given) : file.logOpts);
}

/** JSON.parse is the judge; the other parser says where. */
function isJson(content: string): boolean {
  try {
    JSON.parse(content);
    return true;
  } catch {
    return false;
  }
}

/** The text without what stands behind its first value. */
function objectOf(content: string, root: Node | undefined): string {
  return root === undefined ? '' : content.slice(0, root.offset + root.length);
}

/** Where in the file a text was masked that may be a secret: `proxies.http-proxy`, each once. */
export function maskedNames(content: string): readonly string[] {
  const names = (node: Node | undefined, path: string): readonly string[] => {
    if (node?.type === 'string') return String(node.value).includes(mask) ? [path] : [];
    if (node?.type === 'array') return (node.children ?? []).flatMap((child) => names(child, path));
    return namesOf(node).flatMap((name) => names(valueOf(node, name), path === '' ? name : `${path}.${name}`));
  };
  return [...new Set(names(parseTree(content), ''))];
}

/** What daemon-probe.sh puts in the place of a text that may be a secret. */
const mask = '***';

function lineOf(content: string, offset: number): number {
  return content.slice(0, offset).split('\n').length;
}

/** The value of a property of an object. */
export function valueOf(node: Node | undefined, name: string): Node | undefined {
  if (node?.type !== 'object') return undefined;
  return node.children?.find(({ children }) => children?.[0]?.value === name)?.children?.[1];
}

function namesOf(node: Node | undefined): readonly string[] {
  return (node?.type === 'object' ? (node.children ?? []) : []).map(({ children }) => String(children?.[0]?.value));
}

/** Parsers differ in which of two they take. */
function twiceNamed(node: Node | undefined): string | undefined {
  const names = namesOf(node);
  return names.find((name, index) => names.indexOf(name) !== index);
}

/** The well-known trap: `"max-file": 3` keeps dockerd from starting, it wants `"3"`. */
function notText(root: Node): string | undefined {
  const driver = valueOf(root, 'log-driver');
  if (driver !== undefined && driver.type !== 'string') return 'log-driver';
  const mirrors = valueOf(root, 'registry-mirrors');
  if (mirrors !== undefined && mirrors.type !== 'null' && textsOf(mirrors) === undefined) return 'registry-mirrors';
  const opts = valueOf(root, 'log-opts');
  if (opts === undefined || opts.type === 'null') return undefined;
  if (opts.type !== 'object') return 'log-opts';
  return namesOf(opts).find((name) => valueOf(opts, name)?.type !== 'string');
}

function optionsOf(root: Node): DaemonOptions {
  const opts = valueOf(root, 'log-opts');
  const driver: unknown = valueOf(root, 'log-driver')?.value;
  const liveRestore: unknown = valueOf(root, 'live-restore')?.value;
  return {
    logDriver: typeof driver === 'string' && driver !== '' ? driver : undefined,
    logOpts: new Map(namesOf(opts).map((name) => [name, String(valueOf(opts, name)?.value)])),
    liveRestore: typeof liveRestore === 'boolean' ? liveRestore : undefined,
    registryMirrors: textsOf(valueOf(root, 'registry-mirrors')) ?? [],
  };
}

/** The texts of an array that holds nothing else. */
function textsOf(node: Node | undefined): readonly string[] | undefined {
  if (node?.type !== 'array') return undefined;
  const items = node.children ?? [];
  return items.every(({ type }) => type === 'string') ? items.map(({ value }) => String(value)) : undefined;
}
