import { foldNodes } from '../../../engine/targets/fold-nodes.ts';
import type { Verification } from '../../../engine/verification.ts';
import type { VerifyResult } from '../../../engine/verify.ts';
import type { Texts } from '../../../app/texts/texts.ts';
import type { RenderContext } from '../render-context.ts';
import { withoutNode } from '../without-node.ts';
import { indented, labelled, wrapSentence } from '../wrap.ts';

const tones = {
  holds: 'ok',
  changed: 'fail',
  broken: 'fail',
  undone: 'quiet',
  untouched: 'quiet',
  unknown: 'unknown',
} as const;

/** Nodes that say the same are folded; what no longer holds comes first. */
export function renderVerification(
  { verifications }: VerifyResult,
  next: string | undefined,
  context: RenderContext,
): string {
  const { texts, paint } = context;
  const order = ['broken', 'changed', 'unknown', 'holds', 'undone', 'untouched'] as const;
  const groups = [
    ...Map.groupBy(verifications, (one) =>
      JSON.stringify([one.state, one.subject, words(one, texts).replaceAll(one.node, '')]),
    ).values(),
  ];
  const sorted = groups.toSorted(
    (a, b) => order.indexOf(a[0]?.state ?? 'undone') - order.indexOf(b[0]?.state ?? 'undone'),
  );
  const lines = [
    ...sorted.flatMap((group) => groupLines(group, context)),
    ...(next === undefined ? [] : ['', `${paint('place', texts.t('next'))} ${next}`]),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

function groupLines(group: readonly Verification[], context: RenderContext): readonly string[] {
  const { texts, width } = context;
  const [first] = group;
  if (!first) return [];
  const nodes = foldNodes(group.map(({ node }) => node));
  const head =
    first.node === ''
      ? first.subject
      : first.subject === ''
        ? nodes
        : texts.t('verify.head', { subject: first.subject, nodes });
  return [
    ...labelled({ text: texts.t(`verify.state.${first.state}`), tone: tones[first.state] }, head, context),
    ...indented(wrapSentence(withoutNode(words(first, texts), first.node), width - 2), '  '),
  ];
}

/** In the reader's language. What a check of a change that holds saw is English, as all that steps say that went well. */
function words({ state, detail, code, params = {} }: Verification, { t, has, error, language }: Texts): string {
  if (code !== undefined) return `${error(code, params).cause} [${code}]`;
  if (state === 'changed' && has(`verify.found.${detail}`)) return t(`verify.found.${detail}`);
  return state === 'holds' && language !== 'en' ? '' : detail;
}
