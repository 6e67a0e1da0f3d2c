import type { Fact } from '../../evidence/fact.ts';
import type { ProbedText } from '../probed-text.ts';
import type { RunningUse } from '../running-use.ts';
import dockerRoot from './docker-root.sh?raw';
import script from './images.sh?raw';

/** What the probe saw of docker's images. */
export interface DockerImages {
  /** Absent where nothing could list them; why is in `unlisted`. */
  readonly listed: DockerStore | undefined;
  readonly unlisted: 'no-client' | 'refused' | undefined;
  /** Of kubelet's containers that run, by the id of the image. */
  readonly uses: readonly RunningUse[];
  /** Of those that have ended and are still there: to kubelet their images are in use, too. */
  readonly ended: readonly RunningUse[];
  /** Docker's folder was not looked into. */
  readonly usesUnread: boolean;
}

export interface DockerStore {
  /** As `uname -m` names it. */
  readonly machine: string;
  readonly images: readonly DockerImage[];
}

/** One line of `docker images`: an image may have several. */
export interface DockerImage {
  readonly id: string;
  /** Undefined where it has none: it came by `docker load`, or was built here. */
  readonly digest: string | undefined;
  /** Three or four digits of it are right. */
  readonly bytes: number;
  readonly repository: string | undefined;
  readonly tag: string | undefined;
}

/** `no-docker` where none runs. */
export const dockerImages: Fact<DockerImages | 'no-docker'> = {
  key: 'docker/images',
  script,
  looksAt: ['/usr/bin/docker'],
  shared: [dockerRoot],
  parse: parseImages,
};

const linePattern =
  /^(?:refused [a-z-]+ .*|no-client|machine \S+|image sha256:[0-9a-f]{64} (?:<none>|sha256:[0-9a-f]{64}) \d+(?:\.\d+)?(?:e[+-]?\d+)?[kMGT]?B \S+|(?:use|ended) \d+ (?:container|podsandbox) sha256:[0-9a-f]{64})$/;

/** Takes apart what images.sh prints. */
function parseImages({ text, truncated }: ProbedText): DockerImages | 'no-docker' | undefined {
  if (text === 'no-docker\n') return 'no-docker';
  const lines = text.split('\n').slice(0, -1);
  if (truncated || !lines.every((line) => linePattern.test(line))) return undefined;
  const wordsOf = (word: string): readonly (readonly string[])[] =>
    lines.filter((line) => line.startsWith(`${word} `)).map((line) => line.split(' ').slice(1));
  const machine = wordsOf('machine')[0]?.[0];
  return {
    listed: machine === undefined ? undefined : { machine, images: wordsOf('image').map(imageOf) },
    unlisted: machine === undefined ? (lines.includes('no-client') ? 'no-client' : 'refused') : undefined,
    uses: wordsOf('use').map(useOf),
    ended: wordsOf('ended').map(useOf),
    usesUnread: lines.some((line) => line.startsWith('refused ')),
  };
}

function useOf([count, kind, image = '']: readonly string[]): RunningUse {
  return { image, isSandbox: kind === 'podsandbox', containers: Number(count) };
}

function imageOf([id = '', digest, size = '', reference = '']: readonly string[]): DockerImage {
  const colon = reference.lastIndexOf(':');
  const [repository, tag] = [reference.slice(0, colon), reference.slice(colon + 1)];
  return {
    id,
    digest: given(digest),
    bytes: bytesOf(size),
    repository: given(repository),
    tag: given(tag),
  };
}

function given(word: string | undefined): string | undefined {
  return word === '<none>' ? undefined : word;
}

/** docker/go-units, HumanSize: powers of 1,000. */
function bytesOf(size: string): number {
  const [, number, unit = ''] = /^([\d.e+-]+)([kMGT]?)B$/.exec(size) ?? [];
  return Math.round(Number(number) * 1000 ** ['', 'k', 'M', 'G', 'T'].indexOf(unit));
}
