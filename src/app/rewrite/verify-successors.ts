import { concurrently } from '../../engine/rollout/concurrently.ts';
import { isNodemendError } from '../../errors/nodemend-error.ts';
import {
  createRegistryClient,
  type ManifestAnswer,
  type RegistryClient,
} from '../../registry/client/registry-client.ts';
import type { ImageReference } from '../../registry/reference/image-reference.ts';
import type { FindSuccessor, GitHubLayout, RetiredNames, Successor } from '../../registry/successor.ts';
import type { Ports } from '../ports.ts';
import { verifySuccessor, type Presence } from '../../registry/verify-successor.ts';

export interface Verified {
  /** By the reference that was asked for. */
  readonly verified: ReadonlyMap<string, Successor | undefined>;
  /** Of those that were not asked for, by the rules alone. */
  readonly successorOf: FindSuccessor;
}

/** Requests at once: registries limit those who ask, too. */
const atOnce = 8;

/**
 * Asks the new registries, anonymously and once for each reference, whether what would be written is there; what kept
 * them from answering is told once each. @throws the signal's reason
 */
export async function verifySuccessors(
  references: ReadonlySet<string>,
  { names, layout }: { readonly names: RetiredNames; readonly layout: GitHubLayout },
  { environment, interrupt, onTrouble }: Pick<Ports, 'environment' | 'interrupt' | 'onTrouble'>,
): Promise<Verified> {
  const client = createRegistryClient({ environment });
  const troubles = new Map<string, Error>();
  const presenceOf = presences(client, troubles, interrupt);
  try {
    const answers = await concurrently(
      [...references],
      atOnce,
      async (written) => [written, await verifySuccessor({ written, names, layout, presenceOf })] as const,
    );
    for (const trouble of troubles.values()) onTrouble(trouble);
    const verified = new Map<string, Successor | undefined>(answers);
    return {
      verified,
      successorOf: (written) => (verified.has(written) ? verified.get(written) : names.successorOf(written, layout)),
    };
  } finally {
    await client.close();
  }
}

function presences(client: RegistryClient, troubles: Map<string, Error>, signal: AbortSignal) {
  return async (reference: ImageReference, what: 'image' | 'repository'): Promise<Presence> => {
    try {
      return presence(
        await (what === 'image' ? client.headManifest(reference, signal) : client.findRepository(reference, signal)),
      );
    } catch (error) {
      signal.throwIfAborted();
      if (!isNodemendError(error)) throw error;
      troubles.set(error.message, error);
      return 'unsaid';
    }
  };
}

function presence({ state }: ManifestAnswer): Presence {
  if (state === 'found') return 'there';
  return state === 'absent' ? 'absent' : 'unsaid';
}
