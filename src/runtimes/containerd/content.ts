import type { Fact } from '../../evidence/fact.ts';
import type { ProbedText } from '../probed-text.ts';
import script from './content.sh?raw';
import { containerdImages } from './images.ts';

/** Since when containerd has its content. */
export interface ContainerdContent {
  /** When a manifest or a configuration was written, seconds since the epoch, by its digest. */
  readonly written: ReadonlyMap<string, number>;
}

/** `no-containerd` where none runs. */
export const containerdContent: Fact<ContainerdContent | 'no-containerd'> = {
  key: 'containerd/content',
  script,
  needs: [containerdImages],
  parse: parseContent,
};

/** Bundles of older probes have labels of the content as well, which tell nothing that still holds. */
const linePattern =
  /^(?:refused [a-z-]+ .*|no-client|listed|unpacked sha256:[0-9a-f]{64}|written \d{1,12} sha256:[0-9a-f]{64})$/;

/** Takes apart what content.sh prints. */
function parseContent({ text, truncated }: ProbedText): ContainerdContent | 'no-containerd' | undefined {
  if (text === 'no-containerd\n') return 'no-containerd';
  const lines = text.split('\n').slice(0, -1);
  if (truncated || !lines.every((line) => linePattern.test(line))) return undefined;
  const wordsOf = (word: string): readonly (readonly string[])[] =>
    lines.filter((line) => line.startsWith(`${word} `)).map((line) => line.split(' ').slice(1));
  return {
    written: new Map(wordsOf('written').map(([time, digest = '']) => [digest, Number(time)])),
  };
}
