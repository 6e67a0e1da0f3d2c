import type { Fact } from '../../evidence/fact.ts';
import type { ProbedText } from '../probed-text.ts';
import { containerdImages } from './images.ts';
import script from './unpacked.sh?raw';

/** What containerd found when it was asked what of its images is unpacked. */
export interface ContainerdUnpacked {
  /** By the digest that a record names; undefined where ctr could not be asked. */
  readonly answers: ReadonlyMap<string, boolean> | undefined;
  /** Whether all could be found out. ctr says no of the others, too. */
  readonly isWhole: boolean;
}

/** `no-containerd` where none runs. */
export const containerdUnpacked: Fact<ContainerdUnpacked | 'no-containerd'> = {
  key: 'containerd/unpacked',
  script,
  needs: [containerdImages],
  parse: parseUnpacked,
};

const linePattern = /^(?:refused [a-z-]+ .*|no-client|several|image (?:yes|no) sha256:[0-9a-f]{64}|ended \d{1,3})$/;

/** Takes apart what unpacked.sh prints. */
function parseUnpacked({ text, truncated }: ProbedText): ContainerdUnpacked | 'no-containerd' | undefined {
  if (text === 'no-containerd\n') return 'no-containerd';
  const lines = text.split('\n').slice(0, -1);
  if (truncated || !lines.every((line) => linePattern.test(line))) return undefined;
  const answers = lines.flatMap((line) => {
    const [word, answer, digest = ''] = line.split(' ');
    return word === 'image' ? [[digest, answer === 'yes'] as const] : [];
  });
  const isAsked = lines.some((line) => line.startsWith('ended '));
  return { answers: isAsked ? new Map(answers) : undefined, isWhole: lines.includes('ended 0') };
}
