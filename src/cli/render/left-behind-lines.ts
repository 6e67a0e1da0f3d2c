import type { LeftBehind } from '../../engine/pull-secret/left-behind.ts';
import type { PullSecretRequest } from '../../engine/pull-secret/pull-secret-request.ts';
import { printable } from '../../text/printable.ts';
import { wrapSentence } from './wrap.ts';
import type { Translate } from '../../app/texts/texts.ts';

interface View {
  readonly t: Translate;
  readonly width: number;
}

const most = 20;

/** Pods that pull without the Secret until they are re-created, and what re-creates them. */
export function leftBehindLines(
  left: readonly LeftBehind[],
  { name, serviceAccounts }: Pick<PullSecretRequest, 'name' | 'serviceAccounts'>,
  { t, width }: View,
): readonly string[] {
  if (left.length === 0) return [];
  const sentence =
    serviceAccounts.length === 0
      ? t('pullSecret.notNamed', { secret: name })
      : t('pullSecret.leftBehind', { secret: name });
  const named = left
    .slice(0, most)
    .map(({ owner, pods }) => `  ${printable(owner)} (${t('pullSecret.pods', { count: pods })})`);
  const more = left.length - named.length;
  return [
    ...wrapSentence(sentence, width),
    ...named,
    ...(more > 0 ? [`  … (+${more})`] : []),
    ...(serviceAccounts.length === 0 ? [] : wrapSentence(t('pullSecret.restart'), width)),
  ];
}
