import type { PlanScope } from '../../../app/plans/plan-scope.ts';
import { foldNodes } from '../../../engine/targets/fold-nodes.ts';
import type { RenderContext } from '../render-context.ts';
import { indented, wrapSentence } from '../wrap.ts';

const indent = '  ';

/** Why there is nothing to bring: which image is where. */
export function thereLines({ there = [] }: PlanScope, { texts: { t }, width }: RenderContext): readonly string[] {
  return there.flatMap(({ name, digest, nodes }) => {
    const params = { image: name, nodes: foldNodes(nodes), count: nodes.length };
    const words = digest === undefined ? t('images.there', params) : t('images.thereAs', { ...params, digest });
    return indented(wrapSentence(words, width - indent.length), indent);
  });
}
