import type { Fact } from '../../evidence/fact.ts';
import { sha256 } from '../../hash/sha256.ts';
import type { ProbedText } from '../probed-text.ts';
import dockerRoot from './docker-root.sh?raw';
import options from './daemon-probe.sh?raw';
import script from './docker-daemon.sh?raw';

/** How docker's daemon was started, and its configuration file. */
export interface DockerDaemon {
  readonly isRunning: boolean;
  /** Names of all flags of its command line, for example `--log-opt`. */
  readonly flags: ReadonlySet<string>;
  /** Values of `log-driver`, `config-file`, `live-restore`, `max-size`, `max-file`, as far as flags set them. */
  readonly options: ReadonlyMap<string, string>;
  /** Seconds since 1970, by the node's own clock, at which it was started; undefined where it does not run. */
  readonly startedAt: number | undefined;
  readonly file: DaemonFile;
}

export type DaemonFile =
  | { readonly state: 'missing'; readonly path: string; readonly hasFolder: boolean }
  /**
   * It is there and could not be read, or is none that docker would read. `refused`: it was not read because others
   * than root have a say in what it is, or because it is none of JSON (path-of-root.sh has the words).
   */
  | { readonly state: 'closed'; readonly path: string; readonly refused?: string }
  | ReadDaemonFile;

export interface ReadDaemonFile {
  readonly state: 'read';
  readonly path: string;
  readonly isLink: boolean;
  /** Permission bits, 0 to 0o7777. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Seconds since 1970 at which it, its name or its owner was last changed. */
  readonly changedAt: number;
  /** One character a byte; `***` stands for texts that may be secrets. */
  readonly content: string;
  /** The content is the node's own bytes. */
  readonly isExact: boolean;
}

const linePattern =
  /^(?:flag -\S*|option (?:log-driver|config-file|live-restore|max-size|max-file)=.*|running -?\d+|service \S+|now \d+|sum [0-9a-f]{64}|file [0-9a-f]+ \d+ \d+ \d+ \d+ \/.+|(?:missing|no-folder|link|closed|large) .+|refused [a-z-]+ .*)$/;

/** `no-docker` where none runs and none has kept containers. */
export const dockerDaemon: Fact<DockerDaemon | 'no-docker'> = {
  key: 'docker/daemon',
  script,
  looksAt: [
    '/etc',
    '/etc/docker',
    '/etc/docker/daemon.json',
    '/var',
    '/var/lib',
    '/var/lib/docker',
    '/var/lib/docker/containers',
  ],
  shared: [dockerRoot, options],
  parse: parseDockerDaemon,
};

/** Takes apart what daemon-probe.sh prints. */
function parseDockerDaemon({ text, truncated }: ProbedText): DockerDaemon | 'no-docker' | undefined {
  const split = text.indexOf('\n\n');
  const lines = (split === -1 ? text : text.slice(0, split)).split('\n').filter((line) => line !== '');
  if (lines[0] === 'no-docker') return 'no-docker';
  if (truncated || !lines.every((line) => linePattern.test(line))) return undefined;
  const valuesOf = (word: string): readonly string[] =>
    lines.filter((line) => line.startsWith(`${word} `)).map((line) => line.slice(word.length + 1));
  const file = fileOf(valuesOf, split === -1 ? '' : text.slice(split + 2));
  if (file === undefined) return undefined;
  const [running] = valuesOf('running');
  const [now] = valuesOf('now');
  return {
    isRunning: running !== undefined,
    flags: new Set(valuesOf('flag')),
    options: new Map(valuesOf('option').map(nameAndValue)),
    startedAt: running === undefined || now === undefined ? undefined : Number(now) - Number(running),
    file,
  };
}

function nameAndValue(option: string): readonly [string, string] {
  const equals = option.indexOf('=');
  return [option.slice(0, equals), option.slice(equals + 1)];
}

function fileOf(valuesOf: (word: string) => readonly string[], content: string): DaemonFile | undefined {
  const [missing] = valuesOf('missing');
  if (missing !== undefined) return { state: 'missing', path: missing, hasFolder: valuesOf('no-folder').length === 0 };
  return closedFile(valuesOf) ?? readFile(valuesOf, content);
}

function closedFile(valuesOf: (word: string) => readonly string[]): DaemonFile | undefined {
  const closed = valuesOf('closed')[0] ?? valuesOf('large')[0];
  if (closed !== undefined) return { state: 'closed', path: closed };
  const [, refused, path] = /^([a-z-]+) (.*)$/.exec(valuesOf('refused')[0] ?? '') ?? [];
  return refused === undefined || path === undefined ? undefined : { state: 'closed', path, refused };
}

function readFile(valuesOf: (word: string) => readonly string[], content: string): DaemonFile | undefined {
  const match = /^([0-9a-f]+) (\d+) (\d+) (\d+) (\d+) (.+)$/.exec(valuesOf('file')[0] ?? '');
  if (match === null) return undefined;
  return {
    state: 'read',
    path: match[6] ?? '',
    isLink: valuesOf('link').length > 0,
    mode: Number.parseInt(match[1] ?? '', 16) & 0o7777,
    uid: Number(match[2]),
    gid: Number(match[3]),
    changedAt: Number(match[5]),
    content,
    isExact: sha256(Buffer.from(content, 'latin1')) === valuesOf('sum')[0],
  };
}
