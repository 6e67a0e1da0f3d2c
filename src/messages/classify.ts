import { asksRegistry } from './asks-registry.ts';
import type { Label, Message } from './label.ts';
import { readingsOf } from './line-breaks.ts';
import { withoutNames } from './names.ts';
import { isOfSomethingElse } from './not-of-pulls.ts';
import { plainText } from './plain-text.ts';
import { limitedBy } from './rate-limit.ts';
import { namesGitHubsOldRegistry, namesRetiredRegistry } from './retired.ts';
import { answerRules, dns, imageRules, network, nodeRules, registryIll, timeOut, tls, type Rule } from './rules.ts';
import { lacksSandboxImage } from './sandbox-image.ts';

/** kubelet's reasons that say it all, whatever their message. */
const byReason: ReadonlyMap<string, Label> = new Map([
  ['invalidimagename', 'invalid-image-name'],
  ['oomkilled', 'oom'],
  ['systemoom', 'oom'],
  ['oomkilling', 'oom'],
  ['failedmount', 'mount-or-volume'],
  ['failedattachvolume', 'mount-or-volume'],
  ['failedmapvolume', 'mount-or-volume'],
  ['networknotready', 'cni'],
  ['freediskspacefailed', 'disk-full'],
]);

/** Not failures at all. */
const goesWell =
  /^(?:successfully pulled image|container image .* already present|pulling image "|created container|started container|successfully assigned)/;

/** A message as each step wants it. */
interface Reading {
  readonly text: string;
  /** In which nobody's name says anything. */
  readonly words: string;
  /** The same, but for hosts. */
  readonly hosts: string;
}

/**
 * The first that answers wins: what is deeper in the node comes before what is about an image, the cause before its
 * consequence.
 */
const steps: readonly ((reading: Reading) => Label | undefined)[] = [
  ({ words }) => (goesWell.test(words) || isOfSomethingElse(words) ? 'other' : undefined),
  (reading) => (lacksSandboxImage(reading) ? 'sandbox-image-missing' : undefined),
  ({ text }) => (namesGitHubsOldRegistry(text) ? 'retired-registry' : undefined),
  ({ words }) => firstOf(nodeRules, words),
  ({ words }) => firstOf(imageRules, words),
  limitedBy,
  (reading) => (asksRegistry(reading) ? undefined : 'other'),
  ({ words }) => firstOf([tls, dns], words),
  ({ words }) => (registryIll.test(words) ? 'other' : undefined),
  ({ words }) => (timeOut.test(words) ? firstOf([network], words) : undefined),
  ({ words, text }) => afterRetirement(firstOf([network, ...answerRules], words), text),
];

/**
 * What a message of kubelet or of a runtime says is wrong, of any release from kubelet 1.17 and containerd 1.4 on.
 * Pure; never throws.
 */
export function classify({ message, reason = '' }: Message): Label {
  for (const reading of readingsOf(message)) {
    const label = labelOf(plainText(reading));
    if (label !== 'other') return label;
  }
  return byReason.get(reason.toLowerCase()) ?? 'other';
}

function labelOf(text: string): Label {
  const reading = { text, words: withoutNames(text, 'nothing'), hosts: withoutNames(text, 'hosts') };
  for (const step of steps) {
    const label = step(reading);
    if (label !== undefined) return label;
  }
  return 'other';
}

/**
 * A registry that is retired is the cause of whatever it answers, and of its silence; not of a failure that names no
 * cause.
 */
function afterRetirement(label: Label | undefined, text: string): Label | undefined {
  return label !== undefined && namesRetiredRegistry(text) ? 'retired-registry' : label;
}

function firstOf(rules: readonly Rule[], text: string): Label | undefined {
  return rules.find(({ says, unless }) => says.test(text) && !unless?.test(text))?.label;
}
