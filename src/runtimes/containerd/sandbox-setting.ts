import type { ConfigText } from './containerd-config.ts';
import { isSince, versionNumbers, type Since } from '../version.ts';
import { readToml, tableAt, type TomlTable } from './toml-table.ts';

/** What containerd's configuration makes of the sandbox image. */
export type SandboxSetting =
  | {
      readonly state: 'known';
      readonly image: string;
      /** The file that says so; undefined for the release's default. */
      readonly file: string | undefined;
    }
  | { readonly state: 'split' | 'unread' | 'version' };

interface Said {
  readonly file: string;
  /** Whether the file has the plugin's table at all. */
  readonly hasTable: boolean;
  readonly image: string | undefined;
}

/**
 * From the main file and what it imports, in their order. A later file's table of the plugin takes the place of the
 * earlier one's in 1.x, and is merged with it in 2.x (cmd/containerd/server/config, mergeConfig; 2.4 merges, from which
 * release on is not known): where the two come to the same, that is said.
 */
export function sandboxSetting(files: readonly ConfigText[], version: string | undefined): SandboxSetting {
  const read = files.map(({ path, text }) => saidIn(readToml(text), path));
  const said = read.filter((one) => one !== undefined);
  if (said.length < read.length) return { state: 'unread' };
  const merged = said.findLast(({ image }) => image !== undefined);
  const replaced = said.findLast(({ hasTable }) => hasTable);
  const fallback = defaultSandbox(version);
  const [byMerge, byReplacement] = [merged?.image ?? fallback, replaced?.image ?? fallback];
  if (byMerge !== byReplacement) return { state: 'split' };
  if (byMerge === undefined) return { state: 'version' };
  return { state: 'known', image: byMerge, file: merged?.file };
}

/** Where each version of the configuration has it: the plugin, its table, the key. */
const places: ReadonlyMap<unknown, readonly [string, readonly string[], string]> = new Map<
  unknown,
  readonly [string, readonly string[], string]
>([
  [1, ['cri', [], 'sandbox_image']],
  [2, ['io.containerd.grpc.v1.cri', [], 'sandbox_image']],
  [3, ['io.containerd.cri.v1.images', ['pinned_images'], 'sandbox']],
]);

/** Undefined for a form that is not taken apart. */
function saidIn(root: TomlTable | undefined, file: string): Said | undefined {
  const place = places.get(root?.['version'] ?? 1);
  if (root === undefined || place === undefined) return undefined;
  const [plugin, path, key] = place;
  const table = tableAt(root, ['plugins', plugin]);
  if (table === 'absent') return { file, hasTable: false, image: undefined };
  const image = textAt(table, path, key);
  return image === 'other' ? undefined : { file, hasTable: true, image: image.text };
}

/** An empty text is what is not set. */
function textAt(
  table: TomlTable | 'other',
  path: readonly string[],
  key: string,
): { readonly text: string | undefined } | 'other' {
  const holder = table === 'other' ? table : tableAt(table, path);
  const value = typeof holder === 'string' ? undefined : holder[key];
  if (holder === 'other' || (value !== undefined && typeof value !== 'string')) return 'other';
  return { text: value === '' ? undefined : value };
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

function defaultSandbox(version: string | undefined): string | undefined {
  const numbers = versionNumbers(version);
  if (numbers === undefined) return undefined;
  const [major, minor] = numbers;
  const image = defaults.find(({ since }) => major > since[0] || (major === since[0] && minor >= since[1]))?.image;
  if (image === undefined || image === '') return undefined;
  return isSince(numbers, newRegistry) ? image : image.replace('registry.k8s.io', 'k8s.gcr.io');
}
