import { savedKey, type SavedQuestion } from '../../../images/sources/brought-source.ts';
import { chooseSource, type Choice } from '../../../images/sources/choose-source.ts';
import { helpsNobody } from '../../../images/needed-images.ts';
import { knownImage } from '../../../images/sources/known-image.ts';
import { restoreRemedy } from '../../../images/sources/restore-inputs.ts';
import type { PlanInput } from '../../problem.ts';
import type { BaseImagesInputs } from '../inputs.ts';
import { imageNeeds, type ImageNeeds, type NeedyNode } from './needy-images.ts';
import { candidatesFor } from './source-questions.ts';

type Input = PlanInput<BaseImagesInputs>;

export interface RestoreChoosing {
  readonly input: Input;
  readonly node: NeedyNode;
  readonly needs: Pick<ImageNeeds, 'stores' | 'cluster'>;
  /** The how manieth node asks. */
  readonly turn: number;
  /** Of the image, written out. */
  readonly name: string;
  readonly platform: string;
}

/** From where a node gets an image that it lacks, as far as that is known. Pure. */
export function restoreChoice({ input, node, needs, turn, name, platform }: RestoreChoosing): Choice {
  const { stores, cluster } = needs;
  const { inputs, sources } = input;
  const restore = inputs?.[restoreRemedy];
  return chooseSource({
    name,
    known: knownImage(name, platform, stores),
    own: { node: node.view.node.name, images: node.store },
    others: stores,
    turn,
    candidates: candidatesFor(name, input, node, cluster),
    answers: sources?.answers.get(node.view.node.name),
    carried: sources?.settings.carried,
    saved: sources?.saved,
    accepted: restore?.accepted ?? new Set(),
    allowed: restore?.from,
  });
}

/**
 * What nodes with docker are to save before images are restored: where no place before them has the right image, so that
 * nothing is read for nothing. Of each image the first node that has it; the next one is a question once that has failed.
 */
export function savedQuestions(input: Input): readonly SavedQuestion[] {
  const { evidence, remedies, inputs } = input;
  if (remedies?.has(restoreRemedy) !== true) return [];
  const needs = imageNeeds(evidence, inputs?.[restoreRemedy]?.images);
  const questions = needs.needy.flatMap((node, turn) => {
    const { platform } = node.store;
    if (platform === undefined) return [];
    return node.missing
      .filter(({ image }) => !helpsNobody(image))
      .flatMap(({ image: { name } }): readonly SavedQuestion[] => {
        const { declined } = restoreChoice({ input, node, needs, turn, name, platform });
        const next = declined.flatMap(({ named, why }) =>
          why.state === 'not-saved' ? [{ node: named, id: why.id, platform }] : [],
        );
        return next.slice(0, 1);
      });
  });
  return [...new Map(questions.map((question) => [savedKey(question), question])).values()];
}
