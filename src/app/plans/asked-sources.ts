import { askSources } from '../../evidence/image-sources/ask-sources.ts';
import type { ImageSources } from '../../images/sources/image-sources.ts';
import type { SourceSettings } from '../../images/sources/candidates.ts';
import type { ManifestQuestion } from '../../images/sources/source-answer.ts';
import type { LoginOf } from '../images/registry-logins.ts';
import type { SessionArchives } from '../images/session-archives.ts';
import type { Transport } from '../../transport/transport.ts';
import type { Ports } from '../ports.ts';
import type { FoundNodes, Session } from '../session/session.ts';

/** By whom nodes can be asked; absent where evidence was saved: nobody is asked then. */
export interface Askable extends Pick<FoundNodes, 'targets'> {
  readonly session: Session;
  readonly transport: Transport | undefined;
  readonly archives?: SessionArchives | undefined;
  /** Logins of registries; nothing that is returned holds one. */
  readonly loginOf?: LoginOf | undefined;
}

/** What nodes say of the registries that problems want to have asked, beside what the configuration says. */
export async function askedSources(
  questions: readonly ManifestQuestion[],
  settings: SourceSettings,
  { nodes, ports }: { readonly nodes: Askable | undefined; readonly ports: Ports },
): Promise<ImageSources> {
  if (questions.length === 0 || nodes?.transport === undefined) return { settings, answers: new Map() };
  const { session, transport, targets, loginOf } = nodes;
  const progress = await ports.watchNodes(session.texts);
  try {
    const signal = ports.interrupt;
    const answers = await askSources({ transport, targets, questions, loginOf, signal, onProgress: progress.report });
    signal.throwIfAborted();
    return { settings, answers };
  } finally {
    progress.stop();
  }
}
