import { expect, test } from 'vitest';
import enGuide from '../../locales/en/guide.json' with { type: 'json' };
import { languages } from '../../locales/language.ts';
import { guideSections } from '../../platforms/nks/guide-sections.ts';
import { problemCatalogue } from '../../problems/index.ts';
import { runInProcess } from '../testing/run-in-process.ts';
import { coverage } from './guide-page.ts';

test('every section that a problem names is one of the guide, and no section has a reason of a section that is none', () => {
  const headings = guideSections.map(({ ko }) => ko);
  const named = problemCatalogue.flatMap(({ meta }) => [meta.guideSection, ...Object.keys(meta.otherSections ?? {})]);
  expect(named.filter((one) => !headings.includes(one))).toEqual([]);
  expect(Object.keys(enGuide.guide.why).filter((id) => !guideSections.some((section) => section.id === id))).toEqual(
    [],
  );
});

test('where no plan mends it the page says why', () => {
  const without = guideSections.filter(
    (section) =>
      coverage(section).every(({ work }) => work !== 'repairs') &&
      !coverage(section).some(({ work }) => work === 'finds' && section.id === 'custom-metrics') &&
      !(section.id in enGuide.guide.why),
  );
  expect(without.map(({ id }) => id)).toEqual([]);
});

test('and where one does, no reason is left over', () => {
  const stale = guideSections.filter(
    (section) => coverage(section).some(({ work }) => work === 'repairs') && section.id in enGuide.guide.why,
  );
  expect(stale.map(({ id }) => id)).toEqual([]);
});

test.each(languages)('explain alone lists them all, in %s', async (language) => {
  const { code, data } = await runInProcess(['explain'], { language });
  const text = data.replaceAll(/\s+/gu, ' ');
  expect(code).toBe(0);
  for (const section of guideSections) expect(text).toContain(section[language]);
  for (const { meta } of problemCatalogue) expect(text).toContain(meta.id);
});
