import { loadProblems } from '../../problems/catalogue-entry.ts';
import { problemCatalogue } from '../../problems/index.ts';
import { textsOf, type Cause, type Rule } from '../../problems/kit/rules.ts';
import type { Problem } from '../../problems/problem.ts';
import type { TextTree } from '../../locales/translator.ts';
import type { CommandContext } from '../command-context.ts';
import { placeholders } from './placeholders.ts';
import { shortPage } from './short-page.ts';

/** A rule speaks in as many sentences as it has causes; of one with many, the first tell what kind it is. */
const mostCauses = 5;

/** What a rule of a problem says, by its id as findings have it; undefined for what is none. */
export async function rulePage(topic: string, context: CommandContext): Promise<string | undefined> {
  const problems = await loadProblems(problemCatalogue);
  const pages = problems.flatMap((problem) =>
    Object.hasOwn(problem.rules, topic) ? [pageOf(problem, problems, topic, context)] : [],
  );
  return pages.length === 0 ? undefined : pages.join('\n');
}

function pageOf(own: Problem, all: readonly Problem[], name: string, context: CommandContext): string {
  const { meta, rules, texts } = own;
  const problem = meta.id;
  const { language, t } = context.texts;
  const rule: Rule = rules[name] ?? {};
  const said = textsOf(name, rule).flatMap((key) => sentencesAt(texts[language], key).map(placeholders));
  const more = said.length - mostCauses;
  const { remedy, explainedBy = [] } = rule;
  return shortPage(
    {
      name,
      title: t('explain.ruleOf', { problem }),
      causes: [
        ...said.slice(0, mostCauses),
        ...(more > 0 ? [t('explain.ruleMore', { count: more })] : []),
        ...(explainedBy.length > 0
          ? [t('explain.ruleSymptom', { rules: explainedBy.flatMap((cause) => causeNames(cause, all)).join(', ') })]
          : []),
      ],
      next: [t(remedy === undefined ? 'explain.rulePage' : 'explain.ruleNext', { problem })],
    },
    context,
  );
}

/** Rules of its own problem, and whatever states the same condition. */
function causeNames(cause: Cause, problems: readonly Problem[]): readonly string[] {
  if ('rule' in cause) return [cause.rule];
  return problems.flatMap(({ meta, rules }) =>
    Object.entries(rules).flatMap(([id, { condition }]) => (condition === cause.condition ? [`${meta.id} ${id}`] : [])),
  );
}

function sentencesAt(texts: TextTree, key: string): readonly string[] {
  return sentences(
    key
      .split('.')
      .reduce<TextTree | string | undefined>(
        (tree, name) => (typeof tree === 'object' ? tree[name] : undefined),
        texts,
      ),
  );
}

function sentences(text: TextTree | string | undefined): readonly string[] {
  if (text === undefined) return [];
  return typeof text === 'string' ? [text] : Object.values(text).flatMap(sentences);
}
