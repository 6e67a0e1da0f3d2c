import { unknownOf } from '../../evidence/unknown.ts';
import {
  savedKey,
  type SavedAnswer,
  type SavedAnswers,
  type SavedQuestion,
} from '../../images/sources/brought-source.ts';
import { savedImage } from '../images/saved-image.ts';
import type { SessionArchives } from '../images/session-archives.ts';

/**
 * Has nodes save images until nothing more is asked: what one answers may leave a question for another. What was read is
 * kept for the run.
 * @throws the signal's reason
 */
export async function savedImages(
  next: (saved: SavedAnswers) => readonly SavedQuestion[],
  archives: SessionArchives | undefined,
  signal: AbortSignal,
): Promise<SavedAnswers> {
  const saved = new Map<string, SavedAnswer>();
  if (archives === undefined) return saved;
  for (;;) {
    const questions = next(saved).filter((question) => !saved.has(savedKey(question)));
    if (questions.length === 0) return saved;
    const answers = await Promise.all(
      questions.map(async (one) => [savedKey(one), await answerTo(one, archives)] as const),
    );
    signal.throwIfAborted();
    for (const [key, answer] of answers) saved.set(key, answer);
  }
}

async function answerTo(question: SavedQuestion, archives: SessionArchives): Promise<SavedAnswer> {
  try {
    return { state: 'saved', ...(await savedImage({ archives, ...question })) };
  } catch (error) {
    return unknownOf(error);
  }
}
