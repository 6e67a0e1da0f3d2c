import { problems } from '../../problems/index.ts';
import type { Problem } from '../../problems/problem.ts';
import type { TextTree } from '../../locales/translator.ts';
import type { CommandContext } from '../command-context.ts';
import { placeholders } from './placeholders.ts';
import { shortPage } from './short-page.ts';

/** A rule speaks in as many sentences as it has causes; of one with many, the first tell what kind it is. */
const mostCauses = 5;

/** What a rule of a problem says, by its id as findings have it; undefined for what is none. */
export function rulePage(topic: string, context: CommandContext): string | undefined {
  const pages = problems.flatMap((problem) => pageOf(problem, topic, context) ?? []);
  return pages.length === 0 ? undefined : pages.join('\n');
}

function pageOf(problem: Problem, rule: string, context: CommandContext): string | undefined {
  const { language, t } = context.texts;
  const { findings } = problem.texts[language];
  if (typeof findings !== 'object' || !Object.hasOwn(findings, rule)) return undefined;
  const said = sentences(findings[rule]).map(placeholders);
  const more = said.length - mostCauses;
  return shortPage(
    {
      name: rule,
      title: t('explain.ruleOf', { problem: problem.meta.id }),
      causes: [...said.slice(0, mostCauses), ...(more > 0 ? [t('explain.ruleMore', { count: more })] : [])],
      next: [t('explain.ruleNext', { problem: problem.meta.id })],
    },
    context,
  );
}

function sentences(text: TextTree | string | undefined): readonly string[] {
  if (text === undefined) return [];
  return typeof text === 'string' ? [text] : Object.values(text).flatMap(sentences);
}
