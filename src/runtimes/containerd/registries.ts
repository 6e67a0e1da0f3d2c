import type { Fact } from '../../evidence/fact.ts';
import type { ProbedText } from '../probed-text.ts';
import type { ConfigText } from './containerd-config.ts';
import script from './registries.sh?raw';

/** What the probe saw of how a node's containerd reaches registries. */
export interface ContainerdFacts {
  /** The main configuration file, whether there is one or not. */
  readonly config: string;
  /** The main file and what it takes in, as far as they could be read. */
  readonly files: readonly ConfigText[];
  /** A file that is there and could not be read. */
  readonly closed: string | undefined;
  /** One that was not read because others than root have a say in what it is, or because it is none of TOML. */
  readonly refused: string | undefined;
  /** Whether one of the files was changed after containerd was started, or a folder on the way to one renamed. */
  readonly isChangedSinceStart: boolean;
  /** Folders of hosts' folders that exist. */
  readonly roots: readonly string[];
  /** Hosts' folders, `/etc/containerd/certs.d/docker.io`. */
  readonly hosts: readonly string[];
  /** A folder has more of them than were looked at. */
  readonly isCut: boolean;
  /** Each `hosts.toml`. */
  readonly hostsFiles: readonly ConfigText[];
  /** Certificates that one of them names and that are not there. */
  readonly missing: readonly string[];
  /** NKS's file of registries that it merges at a node's bootstrap. */
  readonly nksFile: string | undefined;
}

export const containerdRegistries: Fact<ContainerdFacts | 'no-containerd'> = {
  key: 'containerd/registries',
  ahead: true,
  script,
  looksAt: [
    '/etc',
    '/etc/containerd',
    '/etc/containerd/config.toml',
    '/etc/containerd/certs.d',
    '/etc/containerd/certs.d/*',
    '/etc/containerd/certs.d/*/hosts.toml',
  ],
  parse: parseContainerd,
};

const linePattern =
  /^(?:config \/.*|running -?\d+|service \S+|now \d+|file [0-9a-f]+ \d+ \d+ \d+ \d+ \/.*|folder \d+ \d+ \/.*|(?:missing|closed|large|link|root|no-root|host|more|no-file|registry-config) \/.*|refused [a-z-]+ .*)$/u;

interface Read {
  readonly lines: readonly string[];
  readonly texts: readonly ConfigText[];
}

/** Takes apart what registries.sh prints. */
function parseContainerd({ text, truncated }: ProbedText): ContainerdFacts | 'no-containerd' | undefined {
  if (text === 'no-containerd\n') return 'no-containerd';
  const read = truncated ? undefined : takeTexts(text.split('\n'));
  if (read === undefined || !read.lines.every((line) => linePattern.test(line))) return undefined;
  const valuesOf = (word: string): readonly string[] =>
    read.lines.filter((line) => line.startsWith(`${word} `)).map((line) => line.slice(word.length + 1));
  const [config] = valuesOf('config');
  if (config === undefined) return undefined;
  const [hosts, roots] = [valuesOf('host'), valuesOf('root')];
  const isHosts = ({ path }: ConfigText): boolean => hosts.some((host) => path === `${host}/hosts.toml`);
  return {
    config,
    files: read.texts.filter((file) => !isHosts(file)),
    closed: valuesOf('closed')[0] ?? valuesOf('large')[0],
    refused: valuesOf('refused')[0]?.replace(/^\S+ /u, ''),
    isChangedSinceStart: isChanged(valuesOf),
    roots,
    hosts,
    isCut: valuesOf('more').length > 0,
    hostsFiles: read.texts.filter(isHosts),
    missing: valuesOf('no-file'),
    nksFile: valuesOf('registry-config')[0],
  };
}

/** Texts stand apart with their number of lines before them. */
function takeTexts(lines: readonly string[]): Read | undefined {
  const others: string[] = [];
  const texts: ConfigText[] = [];
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? '';
    const [, count, path] = /^text (\d+) (\/.*)$/u.exec(line) ?? [];
    if (count === undefined || path === undefined) {
      if (line !== '') others.push(line);
      continue;
    }
    const end = at + 1 + Number(count);
    if (end > lines.length) return undefined;
    texts.push({
      path,
      text: lines
        .slice(at + 1, end)
        .map((one) => `${one}\n`)
        .join(''),
    });
    at = end - 1;
  }
  return { lines: others, texts };
}

/**
 * Both times are whole seconds, so a start is known to one second either way. The last change of a folder is that of an
 * entry of it, unless it is newer than that: then it was renamed, or its mode changed (docs/decisions/0044).
 */
function isChanged(valuesOf: (word: string) => readonly string[]): boolean {
  const [running] = valuesOf('running');
  const now = valuesOf('now').at(-1);
  if (running === undefined || now === undefined) return false;
  const startedAt = Number(now) - Number(running);
  const isNewer = (time: string | undefined): boolean => Number(time) > startedAt + 1;
  const folders = valuesOf('folder').map((folder) => folder.split(' '));
  return (
    valuesOf('file').some((file) => isNewer(file.split(' ')[4])) ||
    folders.some(([ofEntries, changed]) => isNewer(changed) && Number(ofEntries) < Number(changed))
  );
}
