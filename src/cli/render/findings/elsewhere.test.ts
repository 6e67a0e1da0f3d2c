import { describe, expect, test } from 'vitest';
import { diagnose } from '../../../engine/diagnose.ts';
import type { ClusterEvidence, Evidence } from '../../../evidence/evidence.ts';
import type { Language } from '../../../locales/language.ts';
import type { Problem } from '../../../problems/problem.ts';
import { createTexts } from '../../../app/texts/texts.ts';
import { sampleProblem, uniform, pass } from '../../../app/testing/sample-report.ts';
import { createPaint } from '../paint.ts';
import { renderFindings } from './view.ts';

/** Findings about no node: about a registry, about the cluster. */

const words = {
  down: 'Nobody answers at {{registry}}.',
  unread: 'What pods wait for is not known.',
  skipped: 'what custom resources hold',
  whole: 'Events were not read.',
  fine: 'No pod waits.',
};

type Spoken = keyof typeof words;

function problemThatSays(...spoken: readonly Spoken[]): Problem {
  const base = { problem: 'sample-pulls', fingerprint: '0123456789ab', evidence: ['cluster#pods'] } as const;
  const cluster = { kind: 'cluster' } as const;
  const findings = {
    down: {
      ...base,
      rule: 'down',
      status: 'fail',
      severity: 'high',
      remedy: false,
      subject: { kind: 'registry', name: 'registry.example.test' },
      text: { key: 'down', params: { registry: 'registry.example.test' } },
    },
    unread: {
      ...base,
      rule: 'unread',
      status: 'unknown',
      reason: 'forbidden',
      subject: cluster,
      text: { key: 'unread', params: {} },
    },
    skipped: {
      ...base,
      rule: 'skipped',
      status: 'not-looked-at',
      enable: '--custom-resources',
      subject: cluster,
      text: { key: 'skipped', params: {} },
    },
    whole: {
      ...base,
      rule: 'whole',
      status: 'not-looked-at',
      enable: '--custom-resources',
      subject: cluster,
      text: { key: 'whole', params: {} },
    },
    fine: { ...base, rule: 'fine', status: 'pass', subject: cluster, text: { key: 'fine', params: {} } },
  } as const;
  return {
    ...sampleProblem,
    meta: { ...sampleProblem.meta, id: 'sample-pulls' },
    texts: { en: words, ko: words },
    diagnose: () => spoken.map((one) => findings[one]),
  };
}

const forbidden: ClusterEvidence['pods'] = {
  state: 'unknown',
  reason: 'forbidden',
  detail: 'no',
  error: {
    code: 'API_FORBIDDEN',
    params: { user: 'kim', verb: 'list', resource: 'pods', server: 'https://api.example.test', scope: '' },
  },
};

function evidenceWith(part: Partial<ClusterEvidence> = {}): Evidence {
  const { evidence } = uniform(3, pass);
  if (evidence.cluster.state !== 'seen') throw new Error('the sample has a cluster');
  return {
    ...evidence,
    cluster: { state: 'seen', value: { ...evidence.cluster.value, ...part } },
    scope: { ...evidence.scope, problems: ['sample-pulls'] },
  };
}

function shown(problem: Problem, evidence = evidenceWith(), language: Language = 'en'): string {
  const report = { evidence, diagnosis: diagnose(evidence, [problem]) };
  const text = renderFindings(
    report,
    { repeat: [], repeatAccess: [], bundle: false, problems: [] },
    { texts: createTexts(language, [problem]), paint: createPaint(false), width: 80 },
  );
  return text.slice(text.indexOf('\n\n') + 2);
}

describe('what concerns no node', () => {
  test('trouble has its subject, and no count of nodes', () => {
    expect(shown(problemThatSays('down'))).toMatchInlineSnapshot(`
      "FAIL  sample-pulls down, high
        Nobody answers at registry.example.test.
        registry.example.test

      Problems were found, but not on a specific node.

      Next: nodemend explain sample-pulls down
      "
    `);
  });

  test('what could not be seen says what, why and what would help', () => {
    expect(shown(problemThatSays('unread'), evidenceWith({ pods: forbidden }))).toMatchInlineSnapshot(`
      "UNKNOWN  not everything in the cluster could be checked
        What pods wait for is not known.
          kim cannot list pods (403). [API_FORBIDDEN]
          Run nodemend doctor: it prints the role to apply.

      No problems found on 3 nodes, but not everything could be checked: this is not
      an all-clear.

      Next: nodemend doctor
      "
    `);
  });

  test('what nobody asked for says what it is', () => {
    expect(shown(problemThatSays('fine', 'skipped'))).toMatchInlineSnapshot(`
      "Not looked at: what custom resources hold (add --custom-resources).

      No problems found.

      Next: nodemend diagnose --custom-resources
      "
    `);
    expect(shown(problemThatSays('whole'))).toContain('Not looked at: Events were not read (add --custom-resources).');
    expect(shown(problemThatSays('skipped'), evidenceWith(), 'ko')).toMatchInlineSnapshot(`
      "확인하지 않은 항목: what custom resources hold (확인하려면 --custom-resources
      추가)

      노드 3개에서 아무것도 확인하지 않았습니다. 이상이 없다고 볼 수 없습니다.

      다음: nodemend diagnose --custom-resources
      "
    `);
  });
});
