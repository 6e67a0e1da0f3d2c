/** What has an effect on the world, and the only places that may have it, as data. `effects-rule.ts` holds it. */
export interface Effect {
  readonly what: string;
  readonly modules: readonly string[];
  /** Names that are harmless and may be imported anywhere; with `only`, the names that are not. */
  readonly harmless?: readonly string[];
  readonly allowed: readonly RegExp[];
}

/** Reading a file changes nothing, but a problem gets its data as Evidence. */
const readingNames = [
  'access',
  'accessSync',
  'constants',
  'createReadStream',
  'existsSync',
  'lstat',
  'lstatSync',
  'readdir',
  'readdirSync',
  'readFile',
  'readFileSync',
  'readlink',
  'readlinkSync',
  'realpath',
  'realpathSync',
  'stat',
  'statSync',
  'statfs',
  'watch',
];

export const effects: readonly Effect[] = [
  {
    what: 'starts a process',
    modules: ['node:child_process', 'child_process', 'node:cluster', 'node:worker_threads'],
    // An exec plugin of a kubeconfig is a program by definition.
    allowed: [/^src\/transport\//, /^src\/kubernetes\/exec-plugin\.ts$/],
  },
  {
    what: 'opens an SSH connection',
    modules: ['ssh2'],
    allowed: [/^src\/transport\//],
  },
  {
    what: 'opens a socket',
    modules: ['node:net', 'node:tls', 'node:dgram', 'node:dns', 'node:dns/promises'],
    harmless: ['isIP', 'isIPv4', 'isIPv6', 'BlockList', 'SocketAddress', 'getCACertificates'],
    allowed: [/^src\/transport\//, /^src\/kubernetes\//],
  },
  {
    what: 'talks HTTP',
    modules: ['undici', 'node:http', 'node:https', 'node:http2'],
    allowed: [/^src\/network\/route\.ts$/, /^src\/kubernetes\//, /^src\/registry\//, /^src\/prometheus\//],
  },
  {
    what: 'reads a command line',
    modules: ['commander'],
    allowed: [/^src\/cli\//],
  },
  {
    what: 'writes files',
    modules: ['node:fs', 'node:fs/promises', 'fs', 'fs/promises'],
    harmless: readingNames,
    allowed: [
      /^src\/files\//,
      /^src\/engine\/journal\//,
      /^src\/transport\//,
      /^src\/app\/(rewrite|schedule)\//,
      // A terminal, and a file that might be a pipe, are opened in a way of their own.
      /^src\/cli\/prompts\//,
      /^src\/app\/plans\/wanted-source\.ts$/,
    ],
  },
  {
    what: 'reads files',
    modules: ['node:fs', 'node:fs/promises'],
    allowed: [/^src\/(?!problems\/|platforms\/|manifests\/|actions\/|locales\/|errors\/)/],
  },
  {
    // One way from bytes to a hash (src/hash); the two others name keys, as OpenSSH does.
    what: 'hashes',
    modules: ['node:crypto', 'crypto'],
    harmless: [
      'createHmac',
      'createPrivateKey',
      'createPublicKey',
      'generateKeyPairSync',
      'randomBytes',
      'randomUUID',
      'sign',
      'timingSafeEqual',
      'verify',
      'webcrypto',
      'X509Certificate',
      'KeyObject',
    ],
    allowed: [/^src\/hash\//, /^src\/engine\/plan-signature\.ts$/, /^src\/transport\/known-hosts\/fingerprint\.ts$/],
  },
];
