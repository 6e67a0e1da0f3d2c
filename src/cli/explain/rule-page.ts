import { loadProblems } from '../../problems/catalogue-entry.ts';
import { problemCatalogue } from '../../problems/index.ts';
import { textsOf, type Cause, type Rule } from '../../problems/kit/rules.ts';
import type { Problem } from '../../problems/problem.ts';
import type { TextTree } from '../../locales/translator.ts';
import type { CommandContext } from '../command-context.ts';
import { placeholders } from './placeholders.ts';
import { shortPage } from './short-page.ts';

/**
 * What a rule of a problem says, by its id as findings have it (`rule-broken`, or `container-logs rule-broken` of the one
 * problem); undefined for what is none.
 */
export async function rulePage(topic: string, context: CommandContext): Promise<string | undefined> {
  const problems = await loadProblems(problemCatalogue);
  const [id, name = topic] = topic.split(' ');
  const pages = problems.flatMap((problem) =>
    (name === topic || problem.meta.id === id) && Object.hasOwn(problem.rules, name)
      ? [pageOf(problem, problems, name, context)]
      : [],
  );
  return pages.length === 0 ? undefined : pages.join('\n');
}

function pageOf(own: Problem, all: readonly Problem[], name: string, context: CommandContext): string {
  const { meta, rules, texts } = own;
  const problem = meta.id;
  const { language, t } = context.texts;
  const rule: Rule = rules[name] ?? {};
  const [first = '', ...more] = textsOf(name, rule).flatMap((key) =>
    sentencesAt(texts[language], key).map(placeholders),
  );
  const { remedy, onRequest, explainedBy = [] } = rule;
  const symptom = t('explain.ruleSymptom', {
    rules: explainedBy.flatMap((cause) => causeNames(cause, all)).join(', '),
  });
  return shortPage(
    {
      head: t('explain.messageHead', { label: name, title: t('explain.ruleOf', { problem }) }),
      causes: [first, ...(explainedBy.length > 0 ? [symptom] : []), ...more],
      next: [
        remedy === undefined
          ? t('explain.rulePage', { problem })
          : t('explain.ruleNext', {
              problem,
              plan: onRequest === undefined ? problem : `${problem} --remedy ${onRequest}`,
            }),
      ],
    },
    context,
  );
}

/** Rules of its own problem, and whatever states the same condition. */
function causeNames(cause: Cause, problems: readonly Problem[]): readonly string[] {
  if ('rule' in cause) return [cause.rule];
  const stated = 'images' in cause ? cause.images : cause.condition;
  return problems.flatMap(({ meta, rules }) =>
    Object.entries(rules).flatMap(([id, { condition }]) => (condition === stated ? [`${meta.id} ${id}`] : [])),
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
