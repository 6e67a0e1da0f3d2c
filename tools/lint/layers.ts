/** The direction in which imports may point (ARCHITECTURE.md), as data. `layers-rule.ts` holds it. */
export interface Layer {
  readonly name: string;
  /** Which project paths belong to it; the first layer that matches is taken. */
  readonly files: RegExp;
  /** Layers whose values it may use, besides its own. */
  readonly uses: readonly string[];
  /** Layers of which it may know the types alone. */
  readonly knows: readonly string[];
}

const leaves = ['errors', 'hash', 'locales', 'manifest', 'text'];
const reach = [
  'calico',
  'gcfg',
  'network',
  'transport',
  'kubernetes',
  'prometheus',
  'registry',
  'registry-data',
  'messages',
  'manifests',
  'platforms',
  'grub',
];
const middle = ['problem-contract', 'actions', 'evidence'];
const belowEngine = [...leaves, ...reach, 'files', ...middle, 'problem-list'];
const belowApp = [...belowEngine, 'engine', 'packages'];

export const layers: readonly Layer[] = [
  // The version that is in it; what a manifest is made from.
  { name: 'manifest', files: /^(package\.json|deploy\/base\/cronjob\.yaml)$/, uses: [], knows: [] },
  // What may be shown, and how what may not is written out.
  { name: 'text', files: /^src\/text\//, uses: [], knows: [] },
  // One way from bytes to their SHA-256.
  { name: 'hash', files: /^src\/hash\//, uses: [], knows: [] },
  { name: 'locales', files: /^src\/locales\//, uses: [], knows: [] },
  // What a kind of action refuses for, declared in its folder; it uses nothing of the kind.
  {
    name: 'errors-of-kinds',
    files: /^src\/actions\/[^/]+\/errors\.(?:ts|\w+\.json)$/,
    uses: ['error-area'],
    knows: [],
  },
  { name: 'error-area', files: /^src\/errors\/area\.ts$/, uses: [], knows: ['locales'] },
  { name: 'errors', files: /^src\/errors\//, uses: ['locales', 'error-area', 'errors-of-kinds'], knows: [] },
  { name: 'platforms', files: /^src\/platforms\//, uses: [...leaves, 'registry-data'], knows: [] },
  // GRUB's own reading of its defaults, and what it boots.
  { name: 'grub', files: /^src\/grub\//, uses: ['hash'], knows: ['runtimes', 'evidence'] },
  // Where nodemend may write a file, and how, and how it reads one that somebody named.
  { name: 'files', files: /^src\/files\//, uses: leaves, knows: [] },
  // Pods are made, and reached, through the API server's client that it is given.
  { name: 'transport', files: /^src\/transport\//, uses: [...leaves, 'files'], knows: ['kubernetes'] },
  // What whoever speaks HTTP to a server has in common.
  { name: 'network', files: /^src\/network\//, uses: leaves, knows: [] },
  { name: 'kubernetes', files: /^src\/kubernetes\//, uses: [...leaves, 'files', 'network'], knows: [] },
  // The configuration of OpenStack's cloud provider, as gcfg reads it.
  { name: 'gcfg', files: /^src\/gcfg\//, uses: [], knows: [] },
  // Calico's releases, and what its parts are told by their variables.
  { name: 'calico', files: /^src\/calico\//, uses: ['registry-data'], knows: ['evidence'] },
  // logrotate's own reading of its configuration, and cron's of its names.
  { name: 'logrotate', files: /^src\/logrotate\//, uses: [], knows: [] },
  { name: 'cron', files: /^src\/cron\//, uses: [], knows: [] },
  // What runtimes make of their own configuration.
  { name: 'runtimes', files: /^src\/runtimes\//, uses: ['errors', 'hash'], knows: ['actions', 'evidence'] },
  // Room on a node's disks, and what takes it.
  { name: 'disk', files: /^src\/disk\//, uses: ['runtimes'], knows: ['evidence'] },
  // What several problems make of numbers.
  { name: 'statistics', files: /^src\/statistics\//, uses: [], knows: [] },
  // What the running kernel says of itself.
  { name: 'kernel', files: /^src\/kernel\//, uses: [], knows: ['runtimes', 'evidence'] },
  // What a node's package manager says of the node.
  { name: 'packages', files: /^src\/packages\//, uses: [], knows: ['runtimes', 'evidence'] },
  // Data and text alone: what a problem may compute with.
  {
    name: 'registry-data',
    files: /^src\/registry\/(reference\/|docker-config\/|retired-registries\.ts|replacement\.ts|successor\.ts)/,
    uses: [],
    knows: [],
  },
  // What a node keeps of images, what it needs of them, and what may become of them.
  {
    name: 'images',
    files: /^src\/images\//,
    // How a fact is read is the same for whoever asks (`kit/read-fact.ts`).
    uses: ['errors', 'hash', 'platforms', 'registry-data', 'runtimes', 'disk', 'problem-contract'],
    knows: ['evidence', 'actions', 'kubernetes'],
  },
  { name: 'messages', files: /^src\/messages\//, uses: ['registry-data'], knows: [] },
  { name: 'registry', files: /^src\/registry\//, uses: [...leaves, 'network', 'registry-data'], knows: [] },
  { name: 'prometheus', files: /^src\/prometheus\//, uses: [...leaves, 'network'], knows: [] },
  { name: 'manifests', files: /^src\/manifests\//, uses: [...leaves, 'registry-data'], knows: [] },
  {
    name: 'problem-list',
    files: /^src\/problems\/(index|list)\.ts$/,
    uses: ['problem', 'platforms'],
    knows: ['problem-contract'],
  },
  {
    name: 'problem-contract',
    files: /^src\/problems\/([^/]+$|kit\/)/,
    uses: [...leaves, 'runtimes'],
    knows: [...middle, 'kubernetes', 'registry-data', 'images'],
  },
  // A problem is pure: it sees the world as types, and computes with data of platforms and with what only transforms
  // text.
  {
    name: 'problem',
    files: /^src\/problems\/[^/]+\//,
    uses: [
      ...leaves,
      'problem-contract',
      'calico',
      'platforms',
      'manifests',
      'messages',
      'registry-data',
      'runtimes',
      'logrotate',
      'cron',
      'disk',
      'kernel',
      'statistics',
      'grub',
      'images',
    ],
    knows: [...reach, ...middle],
  },
  { name: 'actions', files: /^src\/actions\//, uses: [...leaves, ...reach, 'images'], knows: middle },
  {
    name: 'evidence',
    files: /^src\/evidence\//,
    uses: [...leaves, ...reach, 'files', 'runtimes', 'images'],
    knows: middle,
  },
  { name: 'engine', files: /^src\/engine\//, uses: [...belowEngine, 'runtimes', 'packages', 'images'], knows: [] },
  // Use-cases, for whoever asks: a person at a terminal, a controller, a browser.
  { name: 'app', files: /^src\/app\//, uses: [...belowApp, 'images'], knows: [] },
  // Three ways in, of which none stands on another.
  { name: 'cli', files: /^src\/cli\//, uses: [...belowApp, 'app', 'lab'], knows: ['images'] },
  { name: 'operator', files: /^src\/operator\//, uses: [...belowApp, 'app'], knows: [] },
  { name: 'server', files: /^src\/server\//, uses: [...belowApp, 'app'], knows: [] },
  { name: 'lab', files: /^lab\//, uses: [...belowEngine, 'engine', 'problem'], knows: [] },
  { name: 'source', files: /^src\//, uses: [], knows: [] },
];

/** The layer of a project path; undefined outside the product (tests, benches, scripts may import what they like). */
export function layerOf(path: string): Layer | undefined {
  return layers.find(({ files }) => files.test(path));
}
