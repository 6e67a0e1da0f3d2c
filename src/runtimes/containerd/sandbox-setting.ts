import type { ConfigText } from './containerd-config.ts';
import { isSince, versionNumbers, type Since } from '../version.ts';
import { readToml, tableAt, type TomlTable } from './toml-table.ts';

/** What containerd's configuration makes of the sandbox image. */
export type SandboxSetting =
  | {
      readonly state: 'known';
      /** As it is written; empty where 1.x was given an empty one, with which no pod starts. */
      readonly image: string;
      /** The file that says so; undefined for the release's default. */
      readonly file: string | undefined;
    }
  | { readonly state: 'split' | 'unread' | 'version' };

/** What a file says of it. */
interface Said {
  readonly file: string;
  /** Of the configuration's form, as the file has it; undefined where it has none. */
  readonly version: number | undefined;
  readonly imports: readonly string[];
  /** Of each plugin that may have it and that the file has a table of: the image, where it is set there. */
  readonly tables: ReadonlyMap<string, string | undefined>;
}

type Numbers = NonNullable<ReturnType<typeof versionNumbers>>;

/** Files that the probe shows at the most, the main one among them. */
const mostFiles = 20;

/**
 * From the main file and what it imports, in their order. How these are put together is told by the release; where that
 * is not known, what both ways come to is (`sandbox-setting.root.test.ts` asks containerd itself).
 */
export function sandboxSetting(files: readonly ConfigText[], version: string | undefined): SandboxSetting {
  const read = files.map(({ path, text }) => saidIn(readToml(text), path));
  const said = read.filter((one) => one !== undefined);
  if (said.length < read.length || said.length > mostFiles || isNested(said)) return { state: 'unread' };
  const numbers = versionNumbers(version);
  const fallback = defaultSandbox(numbers);
  if (numbers === undefined) return byAnyRelease(said);
  return numbers[0] < 2
    ? replaced(said, fallback, isSince(numbers, besideFile))
    : merged(said, fallback, isSince(numbers, eachMigrated));
}

/** No release before 2.0 is documented to take version 3. */
function byAnyRelease(said: readonly Said[]): SandboxSetting {
  const ofNew = merged(said, undefined, false);
  const isNew = said.some(({ version = 1 }) => version > 2);
  return isNew || isSame(ofNew, replaced(said, undefined, false)) ? ofNew : { state: 'split' };
}

/** An import that imports others: the probe does not follow. */
function isNested([main, ...others]: readonly Said[]): boolean {
  return others.some(({ imports }) => imports.some((one) => !main?.imports.includes(one)));
}

function isSame(a: SandboxSetting, b: SandboxSetting): boolean {
  return a.state === b.state && (a.state !== 'known' || (b.state === 'known' && a.image === b.image));
}

/** Of configuration version 1, of version 2, of 3 and 4. */
const [first, second, third] = ['cri', 'io.containerd.grpc.v1.cri', 'io.containerd.cri.v1.images'] as const;

/**
 * 1.x: the version is the last one that a file has, also for files without one, and a later file's table of the plugin
 * takes the place of the earlier one's (services/server/config, mergeConfig).
 *
 * @param isBeside a pattern that is not absolute is looked for beside the main file
 */
function replaced(said: readonly Said[], fallback: string | undefined, isBeside: boolean): SandboxSetting {
  const plugin = versionOf(said) === 1 ? first : second;
  const last = said.findLast(({ tables }) => tables.has(plugin));
  const found = settingOf(last?.tables.get(plugin), last?.file, fallback);
  if (isBeside || said[0]?.imports.some(isRelativePattern) !== true) return found;
  return isSame(found, replaced(said.slice(0, 1), fallback, true)) ? found : { state: 'split' };
}

/** resolveImports, read of 1.6.21, 1.6.36, 1.7.0 and 1.7.24; before, such a pattern begins where the daemon runs. */
const besideFile: Since = { patches: { '1.6': 36, '1.7': 24 }, later: [2, 0] };

function versionOf(said: readonly Said[]): number {
  return said.findLast(({ version }) => version !== undefined)?.version ?? 1;
}

function isRelativePattern(path: string): boolean {
  return !path.startsWith('/') && path.includes('*');
}

/** Each file is brought to the newest form by itself; before, all of them together, by the last version. */
const eachMigrated: Since = { patches: {}, later: [2, 3] };

/** Names of the plugin that a file of each version may have, its own first (plugins/cri/images, configMigration). */
const names: ReadonlyMap<number, readonly string[]> = new Map([
  [1, [first, second, third]],
  [2, [second, third]],
  [3, [third, second]],
  [4, [third]],
]);

/** 2.x: later tables are merged into earlier ones, and an empty text is the default (cmd/containerd/server/config). */
function merged(said: readonly Said[], fallback: string | undefined, isEach: boolean): SandboxSetting {
  const speaking = said.filter(({ tables }) => tables.size > 0);
  if (speaking.length === 0) return settingOf(undefined, undefined, fallback);
  if (!isEach && !isOneForm(said)) return { state: 'split' };
  const heard = speaking.map(({ file, version = 1, tables }) => ({
    file,
    images: (names.get(version) ?? []).filter((name) => tables.has(name)).map((name) => tables.get(name)),
  }));
  if (heard.some(({ images }) => images.length > 1)) return { state: 'split' };
  const last = heard.findLast(({ images: [image] }) => image !== undefined);
  const image = last?.images[0];
  return settingOf(image === '' ? undefined : image, last?.file, fallback);
}

/** All of version 2, or of a later one, and no table has the name of another. */
function isOneForm(said: readonly Said[]): boolean {
  const versions = new Set(said.map(({ version = 1 }) => version));
  const [version = 1] = versions;
  const own = names.get(version)?.[0];
  return (
    versions.size === 1 && version > 1 && said.every(({ tables }) => [...tables.keys()].every((one) => one === own))
  );
}

function settingOf(image: string | undefined, file: string | undefined, fallback: string | undefined): SandboxSetting {
  if (image !== undefined) return { state: 'known', image, file };
  return fallback === undefined ? { state: 'version' } : { state: 'known', image: fallback, file: undefined };
}

/** Where each plugin's table has it. */
const places = [
  [first, [], 'sandbox_image'],
  [second, [], 'sandbox_image'],
  [third, ['pinned_images'], 'sandbox'],
] as const;

/** Undefined for a form that is not taken apart. */
function saidIn(root: TomlTable | undefined, file: string): Said | undefined {
  const { version = 0, imports = [] } = root ?? {};
  const tables = root && tablesIn(root);
  if (tables === undefined || typeof version !== 'number' || version > 4 || !isTexts(imports)) return undefined;
  return { file, version: version === 0 ? undefined : version, imports, tables };
}

function tablesIn(root: TomlTable): Said['tables'] | undefined {
  const tables = new Map<string, string | undefined>();
  for (const [plugin, path, key] of places) {
    const table = tableAt(root, ['plugins', plugin]);
    if (table === 'absent') continue;
    const image = table === 'other' ? null : imageIn(table, path, key);
    if (image === null) return undefined;
    tables.set(plugin, image);
  }
  return tables;
}

/** Undefined where there is none; null for what is not a text. */
function imageIn(table: TomlTable, path: readonly string[], key: string): string | undefined | null {
  const holder = tableAt(table, path);
  if (holder === 'absent') return undefined;
  const image = holder === 'other' ? null : holder[key];
  return image === undefined || typeof image === 'string' ? image : null;
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}

interface Default {
  readonly since: readonly [number, number];
  readonly image: string;
}

/** pkg/cri/config and internal/cri/config of the releases: read of 1.5.0 to 1.7.29 and 2.0.0 to 2.4.2. */
const defaults: readonly Default[] = [
  // Later ones are not known.
  { since: [2, 5], image: '' },
  { since: [2, 3], image: 'registry.k8s.io/pause:3.10.2' },
  { since: [2, 2], image: 'registry.k8s.io/pause:3.10.1' },
  { since: [2, 0], image: 'registry.k8s.io/pause:3.10' },
  { since: [1, 7], image: 'registry.k8s.io/pause:3.8' },
  { since: [1, 6], image: 'registry.k8s.io/pause:3.6' },
  { since: [1, 5], image: 'registry.k8s.io/pause:3.5' },
];

/** Since when the defaults of a line name the new registry. */
const newRegistry: Since = { patches: { '1.5': 14, '1.6': 9 }, later: [1, 7] };

function defaultSandbox(numbers: Numbers | undefined): string | undefined {
  if (numbers === undefined) return undefined;
  const [major, minor] = numbers;
  const image = defaults.find(({ since }) => major > since[0] || (major === since[0] && minor >= since[1]))?.image;
  if (image === undefined || image === '') return undefined;
  return isSince(numbers, newRegistry) ? image : image.replace('registry.k8s.io', 'k8s.gcr.io');
}
