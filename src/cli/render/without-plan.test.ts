import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Proposal } from '../../engine/rollout/cluster-objects/proposal.ts';
import { createTexts } from '../../app/texts/texts.ts';
import { contextOf } from './fixtures/sample-context.ts';
import { renderProposal } from './proposal.ts';

const readme = (name: string): string =>
  readFileSync(join(import.meta.dirname, '../../..', name), 'utf8').replaceAll(/\s+/gu, ' ');

const proposal: Proposal = {
  kind: 'resume',
  run: '20261130-0900-container-logs-0000',
  undoes: false,
  origin: 'here',
  owner: '',
  objects: [],
  withoutPlan: true,
};

test.each([
  ['en', 'README.md', /resume finishes what was begun on the nodes, .* leaves the other nodes alone/u],
  ['ko', 'README.ko.md', /resume는 노드에 남은 기록으로 .* 나머지 노드는 건드리지 않습니다/u],
] as const)(
  'a resume without its plan says what it can do in the words of the README (%s)',
  (language, page, words) => {
    const told = renderProposal(proposal, contextOf(language, 400)).replaceAll(/\s+/gu, ' ').trim();
    const [said = 'nothing'] = words.exec(told) ?? [];

    expect(readme(page)).toContain(said);
    expect(createTexts(language, []).t('command.resume.description')).toContain(said);
    expect(told).toContain('--plan FILE');
  },
);
