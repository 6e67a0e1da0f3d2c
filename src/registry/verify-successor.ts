import { isInvalid, parseReference, type ImageReference } from './reference/image-reference.ts';
import { namesOf, type GitHubLayout, type RetiredNames, type Successor } from './successor.ts';

/**
 * Whether a registry has an image. `unsaid`: it could not be asked, or wants a login, which says nothing either way.
 */
export type Presence = 'there' | 'absent' | 'unsaid';

export interface SuccessorQuestion {
  /** As it stands in a manifest. */
  readonly written: string;
  readonly names: Pick<RetiredNames, 'successorOf'>;
  /** Which name on ghcr.io is tried first. */
  readonly layout: GitHubLayout;
  /**
   * Asks for the image, or, for a reference with neither tag nor digest, for any image of that name: its tag may stand
   * elsewhere.
   */
  readonly presenceOf: (reference: ImageReference, what: 'image' | 'repository') => Promise<Presence>;
}

const otherLayout: Readonly<Record<GitHubLayout, GitHubLayout>> = {
  'owner/repo/image': 'owner/image',
  'owner/image': 'owner/repo/image',
};

/**
 * What a reference should become, after its new registry was asked: the first name under which the image is there. An
 * image that GitHub did not move itself is there under the documented name of two parts, or not at all.
 * @returns undefined for a reference of no retired registry
 */
export async function verifySuccessor({
  written,
  names: { successorOf },
  layout,
  presenceOf,
}: SuccessorQuestion): Promise<Successor | undefined> {
  const offline = successorOf(written, layout);
  if (offline?.reference === undefined) return offline;
  const what = /[:@]/u.test(written.slice(written.lastIndexOf('/'))) ? 'image' : 'repository';
  const said: Presence[] = [];
  for (const reference of new Set([...namesOf(offline), ...namesOf(successorOf(written, otherLayout[layout]))])) {
    const presence = await presenceOfText(reference, (parsed) => presenceOf(parsed, what));
    if (presence === 'there') return { action: 'change', reference };
    said.push(presence);
  }
  return {
    action: 'report',
    reason: said.includes('unsaid') ? 'not-verified' : 'not-there',
    reference: offline.reference,
  };
}

async function presenceOfText(
  reference: string,
  ask: (reference: ImageReference) => Promise<Presence>,
): Promise<Presence> {
  const parsed = parseReference(reference);
  return isInvalid(parsed) ? 'absent' : ask(parsed);
}
