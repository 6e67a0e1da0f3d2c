import enGuide from '../../locales/en/guide.json' with { type: 'json' };
import koGuide from '../../locales/ko/guide.json' with { type: 'json' };
import { createTranslator, type TextParams } from '../../locales/translator.ts';
import { guideSections, type GuideSection } from '../../platforms/nks/guide-sections.ts';
import { problemCatalogue } from '../../problems/index.ts';
import type { ProblemMeta, SectionWork } from '../../problems/problem.ts';
import type { CommandContext } from '../command-context.ts';
import { indented, wrapSentence } from '../render/wrap.ts';

/** Only here, not with the shell's own words: every start of every command would read them. */
const words = { en: enGuide, ko: koGuide } as const;

/** What nodemend does for each trouble of the guide. */
export function guidePage({ output, texts }: CommandContext): string {
  const { language } = texts;
  const translator = createTranslator(language, words[language]);
  const t = (key: string, params?: TextParams): string => translator.text(key, params);
  const { width, paint } = output.data;
  const blocks = guideSections.map((section) => {
    const heading =
      section.until === undefined
        ? section[language]
        : t('guide.dropped', { heading: section[language], until: section.until });
    const covered = coverage(section);
    const does = covered.map(({ problem, work }) => t(`guide.does.${work}`, { problem }));
    const why = translator.has(`guide.why.${section.id}`) ? [t(`guide.why.${section.id}`)] : [];
    const told = covered.length === 0 ? [t('guide.does.nothing')] : does;
    return [
      ...wrapSentence(heading, width).map((line) => paint('strong', line)),
      ...[...told, ...why].flatMap((sentence) => indented(wrapSentence(sentence, width - 2), '  ')),
    ].join('\n');
  });
  return `${[wrapSentence(t('guide.head'), width).join('\n'), ...blocks, wrapSentence(t('guide.foot'), width).join('\n')].join('\n\n')}\n`;
}

export interface Coverage {
  readonly problem: string;
  readonly work: SectionWork;
}

/** The problems that a section of the guide is of, and what each does for it. */
export function coverage({ ko }: GuideSection): readonly Coverage[] {
  return problemCatalogue.flatMap(({ meta }) => {
    const work = meta.guideSection === ko ? workOf(meta) : meta.otherSections?.[ko];
    return work === undefined ? [] : [{ problem: meta.id, work }];
  });
}

function workOf({ remedyRisk, proposes }: ProblemMeta): SectionWork {
  if (remedyRisk !== 'none') return 'repairs';
  return proposes === true ? 'proposes' : 'finds';
}
