import type { Fact } from '../../../evidence/fact.ts';
import type { ProbedText } from '../../../runtimes/probed-text.ts';
import { runningDaemons } from '../../../runtimes/running.ts';
import dockerRoot from '../../../runtimes/docker/docker-root.sh?raw';
import script from './log-files.sh?raw';

/** The log files of a node's containers. */
export interface LogFiles {
  /** Undefined when docker has no containers folder here. */
  readonly docker: DockerLogs | undefined;
  readonly pods: readonly PodLog[];
}

export interface DockerLogs {
  /** Docker's data folder as docker is told it, for example `/var/lib/docker`. */
  readonly root: string;
  /** Its `containers` folder with symbolic links resolved. */
  readonly containersFolder: string;
  readonly containers: readonly DockerContainer[];
  /** What becomes of the log of a container to come, by the daemon's own default; undefined when that is not known. */
  readonly newContainers?: 'bounded' | 'unbounded' | 'elsewhere' | undefined;
}

export interface DockerContainer {
  readonly id: string;
  readonly folder: Owned;
  /** As docker wrote it at the container's creation; undefined when its configuration is gone. */
  readonly driver: string | undefined;
  /** The `max-size` of the container's own log options. */
  readonly maxSize: string | undefined;
  /** The `max-file` of the container's own log options. */
  readonly maxFiles: string | undefined;
  /** `namespace/pod/container`, where kubelet made a link for it. */
  readonly name: string | undefined;
  readonly log: LogFile | undefined;
  /** Old logs beside it. */
  readonly rotated: readonly LogFile[];
}

export interface Owned {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

export interface LogFile extends Owned {
  readonly name: string;
  readonly isLink: boolean;
  readonly links: number;
  /** Bytes, as `ls` shows them; a sparse file has fewer on the disk. */
  readonly size: number;
  /** Bytes on the disk. */
  readonly allocated: number;
}

/** A file below `/var/log/pods/<namespace>_<pod>_<uid>/<container>/`. */
export interface PodLog extends LogFile {
  readonly folder: string;
}

export const logFiles: Fact<LogFiles> = {
  key: 'container-logs/log-files',
  script,
  shared: [dockerRoot],
  // Behind what is cheap: it is the first to walk a tree.
  needs: [runningDaemons],
  parse: parseLogFiles,
};

/** Takes apart what log-files.sh prints. */
export function parseLogFiles({ text, truncated }: ProbedText): LogFiles | undefined {
  if (truncated) return undefined;
  const parts = splitParts(text);
  const pods = readFolders(parts.get('pods')?.lines ?? []);
  if (!parts.has('docker')) return pods === undefined ? undefined : { docker: undefined, pods };
  const docker = parseDocker(parts);
  return docker === undefined || pods === undefined ? undefined : { docker, pods };
}

function parseDocker(parts: ReadonlyMap<string, Part>): DockerLogs | undefined {
  const linesOf = (part: string): readonly string[] => parts.get(part)?.lines ?? [];
  // What `stat` printed stands behind the folder's resolved path.
  const files = readFolders(linesOf('resolved'));
  if (files === undefined) return undefined;
  return {
    root: parts.get('docker')?.head ?? '',
    containersFolder: parts.get('resolved')?.head ?? '',
    containers: containersOf(files, linesOf('drivers'), linesOf('names')),
  };
}

interface Part {
  readonly head: string;
  readonly lines: string[];
}

function splitParts(text: string): ReadonlyMap<string, Part> {
  const parts = new Map<string, Part>();
  let current: Part | undefined;
  for (const line of text.split('\n')) {
    const head = /^(docker|resolved|drivers|names|pods)(?: (.*))?$/.exec(line);
    if (head !== null) {
      current = { head: head[2] ?? '', lines: [] };
      parts.set(head[1] ?? '', current);
    } else if (line !== '') {
      current?.lines.push(line);
    }
  }
  return parts;
}

const filePattern = /^([0-9a-f]+) (\d+) (\d+) (\d+) (\d+) (\d+) (.+)$/;

/** The files of all folders; undefined when a line is none that the probe prints. */
function readFolders(lines: readonly string[]): readonly PodLog[] | undefined {
  const files: PodLog[] = [];
  let folder = '';
  for (const line of lines) {
    const match = filePattern.exec(line);
    if (line.startsWith('at ')) folder = line.slice(3);
    else if (match === null) return undefined;
    else files.push(readFile(match, folder));
  }
  return files;
}

function readFile(match: RegExpExecArray, folder: string): PodLog {
  const [uid, gid, links, size, blocks] = match.slice(2, 7).map(Number) as [number, number, number, number, number];
  const mode = Number.parseInt(match[1] ?? '', 16);
  const name = match[7] ?? '';
  return {
    folder,
    name: name.startsWith('=') ? folder + name.slice(1) : name,
    isLink: (mode & 0o170000) === 0o120000,
    mode: mode & 0o7777,
    uid,
    gid,
    links,
    size,
    allocated: blocks * 512,
  };
}

function containersOf(
  files: readonly PodLog[],
  drivers: readonly string[],
  names: readonly string[],
): readonly DockerContainer[] {
  const options = logOptions(drivers);
  const podNames = namesById(names);
  const byFolder = Map.groupBy(files, (file) => file.folder);
  return [...byFolder].map(([id, entries]) => {
    const logs = entries.filter((entry) => entry.name !== '.');
    const { mode = 0, uid = 0, gid = 0 } = entries.find((entry) => entry.name === '.') ?? {};
    return {
      id,
      folder: { mode, uid, gid },
      driver: options.get(`${id} LogConfig`),
      maxSize: options.get(`${id} max-size`),
      maxFiles: options.get(`${id} max-file`),
      name: podNames.get(id),
      log: logs.find((log) => log.name === `${id}-json.log`),
      rotated: logs.filter((log) => log.name !== `${id}-json.log`),
    };
  });
}

/** `<id>/hostconfig.json:"LogConfig":{"Type":"json-file"` and `…:"max-size":"10m"`, by id and word. */
function logOptions(lines: readonly string[]): ReadonlyMap<string, string> {
  const options = new Map<string, string>();
  for (const line of lines) {
    const match = /^([^/]+)\/hostconfig\.json:"([A-Za-z-]+)".*"([^"]*)"$/.exec(line);
    if (match !== null) options.set(`${match[1]} ${match[2]}`, match[3] ?? '');
  }
  return options;
}

/** kubelet's links are called `<pod>_<namespace>_<container>-<id>.log`. */
function namesById(names: readonly string[]): ReadonlyMap<string, string> {
  const byId = new Map<string, string>();
  for (const name of names) {
    const match = /^([^_]+)_([^_]+)_(.+)-([0-9a-f]{64})\.log$/.exec(name);
    if (match !== null) byId.set(match[4] ?? '', `${match[2]}/${match[1]}/${match[3]}`);
  }
  return byId;
}
