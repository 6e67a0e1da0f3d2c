import glossary from '../../src/locales/glossary.json' with { type: 'json' };
import { generated, type Page } from './page.ts';

/** The terms of nodemend in both languages, as NHN Cloud's documents and those of Kubernetes have them. */
export const glossaryPages: readonly Page[] = [{ path: 'docs/reference/glossary.ko.md', render: renderGlossary }];

function renderGlossary(): string {
  const rows = glossary.terms
    .toSorted((a, b) => (a.en.toLowerCase() < b.en.toLowerCase() ? -1 : 1))
    .map(({ en, ko, not }) => `| ${en} | ${ko} | ${not.join(', ')} |`);
  const blocks = [
    generated,
    '# 용어집',
    'nodemend가 쓰는 한국어 용어입니다. NHN Cloud의 사용자 가이드와 쿠버네티스 한글 문서의 용어를 따르며, 하나의 뜻에는 하나의 단어만 씁니다. ' +
      '모든 문구를 테스트가 이 표와 비교합니다(`src/locales/texts.test.ts`).',
    ['| 영어 | 한국어 | 쓰지 않는 말 |', '| --- | --- | --- |', ...rows].join('\n'),
    `그 밖에 쓰지 않는 말: ${glossary.forbidden.join(', ')}. 값 뒤에는 조사를 두지 않고, 괄호나 쌍점으로 값을 나눕니다. ` +
      '진단 결과는 이상(FAIL), 경고, 확인 불가, 미확인, 통과로 나누고, ‘문제’는 nodemend가 찾는 장애의 종류를 뜻합니다.',
  ];
  return `${blocks.join('\n\n')}\n`;
}
