import { Password } from './password.ts';

/** The two types of Secret that kubelet reads, each with its only key (k8s.io/api/core/v1, types.go). */
export const dockerConfigTypes = {
  'kubernetes.io/dockerconfigjson': '.dockerconfigjson',
  'kubernetes.io/dockercfg': '.dockercfg',
} as const;

export type DockerConfigType = keyof typeof dockerConfigTypes;

export function isDockerConfigType(type: string): type is DockerConfigType {
  return Object.hasOwn(dockerConfigTypes, type);
}

/** One registry's login, as kubelet reads it. */
export interface DockerConfigEntry {
  /** As it is written: `https://index.docker.io/v1/`, `ghcr.io`, `registry.example:5000/team`. */
  readonly key: string;
  readonly user: string;
  readonly password: Password;
  /** Tokens that Docker's own client would use. Kubelet passes over both (DockerConfigEntry has no such fields). */
  readonly identityToken?: Password;
  readonly registryToken?: Password;
}

/**
 * `empty`: no bytes at all, which kubelet takes as no login. Any of the others makes kubelet refuse the whole file, and
 * with it all secrets of the pod (pkg/credentialprovider/secrets/secrets.go).
 */
export type DockerConfigProblem = 'empty' | 'not-json' | 'wrong-shape' | 'auth-not-base64' | 'auth-without-colon';

export interface BrokenDockerConfig {
  readonly problem: DockerConfigProblem;
  /** Whose entry it is. */
  readonly key?: string;
}

export interface DockerConfig {
  readonly entries: readonly DockerConfigEntry[];
}

/**
 * Reads the text of a pull secret as kubelet does (pkg/credentialprovider/config.go, v1.34: json.Unmarshal into
 * DockerConfigJSON or DockerConfig). Never throws, and nothing of the text is in a problem.
 */
export function parseDockerConfig(text: string, type: DockerConfigType): DockerConfig | BrokenDockerConfig {
  if (text === '') return { problem: 'empty' };
  const file = parseJson(text);
  if (file === undefined) return { problem: 'not-json' };
  const auths = type === 'kubernetes.io/dockercfg' || !isObject(file) ? file : (field(file, 'auths') ?? null);
  // Go leaves a map empty for null.
  return auths === null ? { entries: [] } : readEntries(auths);
}

function readEntries(auths: unknown): DockerConfig | BrokenDockerConfig {
  if (!isObject(auths)) return { problem: 'wrong-shape' };
  const entries: DockerConfigEntry[] = [];
  for (const [key, value] of Object.entries(auths)) {
    const entry = readEntry(key, value);
    if ('problem' in entry) return entry;
    entries.push(entry);
  }
  return { entries };
}

export function isBroken(config: DockerConfig | BrokenDockerConfig): config is BrokenDockerConfig {
  return 'problem' in config;
}

function readEntry(key: string, value: unknown): DockerConfigEntry | BrokenDockerConfig {
  const login = value ?? {};
  if (!isObject(login)) return { problem: 'wrong-shape', key };
  const fields = {
    user: field(login, 'username') ?? '',
    password: field(login, 'password') ?? '',
    auth: field(login, 'auth') ?? '',
    email: field(login, 'email') ?? '',
  };
  if (!isAllText(fields)) return { problem: 'wrong-shape', key };
  const pair = fields.auth === '' ? fields : decodeAuth(fields.auth);
  if ('problem' in pair) return { ...pair, key };
  return { key, user: pair.user, password: new Password(pair.password), ...tokensOf(login) };
}

/** Those that are not text are left: kubelet does not read them, so that they break nothing. */
function tokensOf(login: unknown): Pick<DockerConfigEntry, 'identityToken' | 'registryToken'> {
  const [identity, registry] = [field(login, 'identitytoken'), field(login, 'registrytoken')];
  return {
    ...(isToken(identity) ? { identityToken: new Password(identity) } : {}),
    ...(isToken(registry) ? { registryToken: new Password(registry) } : {}),
  };
}

/**
 * decodeDockerConfigFieldAuth: with padding or without, line breaks passed over, the user is what is before the first
 * colon.
 */
function decodeAuth(auth: string): { readonly user: string; readonly password: string } | BrokenDockerConfig {
  const digits = auth.replaceAll(/[\r\n]/gu, '');
  const isPadded = auth.trimEnd().endsWith('=');
  const grammar = isPadded
    ? /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)$/u
    : /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2,3})?$/u;
  if (!grammar.test(digits)) return { problem: 'auth-not-base64' };
  const decoded = Buffer.from(digits, 'base64').toString('utf8');
  const colon = decoded.indexOf(':');
  return colon === -1
    ? { problem: 'auth-without-colon' }
    : { user: decoded.slice(0, colon), password: decoded.slice(colon + 1) };
}

/** The error of JSON.parse quotes the text, so it is dropped. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Go takes the names of fields in any case, and of several the last one. */
function field(object: unknown, name: string): unknown {
  return isObject(object) ? Object.entries(object).findLast(([key]) => key.toLowerCase() === name)?.[1] : undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isAllText<Name extends string>(
  fields: Readonly<Record<Name, unknown>>,
): fields is Readonly<Record<Name, string>> {
  return Object.values(fields).every((value) => typeof value === 'string');
}

function isToken(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
