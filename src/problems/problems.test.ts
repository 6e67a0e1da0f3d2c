import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, test } from 'vitest';
import { actionKind } from '../actions/action-kinds.ts';
import type { CheckReference } from '../actions/action.ts';
import type { FileAction } from '../actions/file/file-action.ts';
import type { Evidence } from '../evidence/evidence.ts';
import type { Fact } from '../evidence/fact.ts';
import { languages } from '../locales/language.ts';
import { createTranslator, type TextTree } from '../locales/translator.ts';
import { problemCatalogue } from './index.ts';
import { textsOf, type Rule } from './kit/rules.ts';
import { problems } from './testing/all-problems.ts';
import {
  applyActionsOf,
  fixturesOf,
  problemFolder,
  saidTexts,
  synchronisedFindings,
} from './testing/problem-fixtures.ts';

/** The headings of a problem's page, in order: users find the same things in the same place. */
const headings = {
  en: [
    'What it is',
    'How it shows',
    'What nodemend reads',
    'What nodemend does',
    'What it does differently from the guide, and why',
    'Limits',
  ],
  ko: [
    '어떤 문제인가',
    '증상 발생 시 확인 방법',
    'nodemend가 읽는 것',
    'nodemend가 하는 일',
    '가이드와 다른 점과 그 이유',
    '한계',
  ],
} as const;

const pageFiles = { en: 'README.md', ko: 'README.ko.md' } as const;

test('every folder of a problem is in the catalogue, under its own name', () => {
  const folders = readdirSync(import.meta.dirname, { withFileTypes: true }).filter(
    (entry) => entry.isDirectory() && !['testing', 'kit'].includes(entry.name),
  );

  expect(folders.map(({ name }) => name).toSorted()).toEqual(problems.map(({ meta }) => meta.id).toSorted());
  expect(problems.length).toBeGreaterThan(0);
});

const allFixtures = problems.flatMap(({ meta }) => fixturesOf(meta.id));

/** The evidence, noting every section that is read of it. */
function watched(evidence: Evidence, read: Set<string>): Evidence {
  const note = (key: string | symbol): void => void read.add(String(key));
  const handler: ProxyHandler<Evidence['nodes'][number]['sections']> = {
    get: (sections, key) => (note(key), Reflect.get(sections, key)),
    has: (sections, key) => (note(key), Reflect.has(sections, key)),
  };
  return {
    ...evidence,
    nodes: evidence.nodes.map((node) => ({ ...node, sections: new Proxy(node.sections, handler) })),
  };
}

test('no two problems have an input of the same name', () => {
  const names = problems.flatMap(({ inputs = {} }) =>
    Object.values(inputs).flatMap(({ options }) => Object.keys(options)),
  );

  expect(names.length).toBe(new Set(names).size);
});

describe.each(problems.map((problem) => ({ id: problem.meta.id, problem })))('$id', ({ id, problem }) => {
  const fixtures = fixturesOf(id);

  test('its metadata is complete', () => {
    const { meta, checks } = problem;

    expect(id).toMatch(/^[a-z]+(-[a-z]+)*$/);
    expect(meta.guideSection).toMatch(/[가-힣]/);
    expect(meta.platforms.length).toBeGreaterThan(0);
    expect(faultsOf(problem).length).toBeGreaterThan(0);
    expect([...faultsOf(problem), ...Object.keys(checks)].filter((name) => !/^[a-z]+(-[a-z]+)*$/.test(name))).toEqual(
      [],
    );
  });

  test('each of its facts prints its one section, and its break.sh knows its faults', () => {
    for (const { key, script } of factsOf(problem))
      expect([...script.matchAll(/^section (\S+) \d+ \d+ \S+/gm)].map((match) => match[1])).toEqual([key]);
    expect(problem.meta.faults.filter((fault) => !problem.faultScript.includes(`\n  ${fault})\n`))).toEqual([]);
  });

  test('its entry in the catalogue is what its code says', async () => {
    const entry = problemCatalogue.find(({ meta }) => meta.id === id)!;

    expect(entry.meta).toBe(problem.meta);
    expect(await entry.inputs?.()).toBe(problem.inputs);
    expect({ en: await entry.texts.en(), ko: await entry.texts.ko() }).toEqual(problem.texts);
    expect(problem.meta.synchronises).toBe(problem.synchronise === undefined ? undefined : true);
  });

  test.each(languages)('what may be said for its remedies has its words in %s', (language) => {
    const { has } = createTranslator(language, problem.texts[language]);
    const { remedies = [] } = problem.meta;
    const options = Object.values(problem.inputs ?? {}).flatMap((declared) => Object.keys(declared.options));

    const ofRemedies = Object.entries(problem.inputs ?? {}).filter(([, { atBootstrap }]) => atBootstrap !== 'alone');

    expect(ofRemedies.map(([remedy]) => remedy).filter((remedy) => !remedies.includes(remedy))).toEqual([]);
    expect(remedies.filter((remedy) => !has(`remedies.${remedy}`))).toEqual([]);
    expect(options.filter((name) => !has(`inputs.${name}`))).toEqual([]);
    expect(options.filter((name) => !/^(?!no-)[a-z]+(-[a-z]+)*$/.test(name))).toEqual([]);
    if (problem.meta.synchronises)
      expect(['command.summary', 'command.description'].filter((key) => !has(key))).toEqual([]);
  });

  test.each(languages)('which of its remedies have to wait until a node has joined is said in %s', (language) => {
    const said = Object.keys(problem.texts[language]['notAtFirstBoot'] ?? {});
    const declared = problem.inputs ?? {};
    const isPrepared = (remedy: string): boolean => declared[remedy]?.atBootstrap === true;
    const { remedies = [] } = problem.meta;

    expect(remedies.filter((remedy) => isPrepared(remedy) === said.includes(remedy))).toEqual([]);
  });

  test.each(languages)('its page in %s has the agreed headings and says what the guide does', async (language) => {
    const page = readFileSync(join(problemFolder(id), pageFiles[language]), 'utf8');

    expect(await problemCatalogue.find(({ meta }) => meta.id === id)!.page[language]()).toBe(page);
    expect([...page.matchAll(/^## (.+)$/gm)].map((match) => match[1])).toEqual(headings[language]);
    expect(page.match(/^# /gm)).toHaveLength(1);
    expect(page.length).toBeGreaterThan(1000);
  });

  test('it has a failing, a passing and an unknown fixture, each found as its name says', () => {
    const found = fixtures.map(({ name, evidence }) => ({ name, worst: worstOf(problem.diagnose(evidence)) }));

    expect(found.filter(({ name, worst }) => !name.startsWith(`${worst}-`))).toEqual([]);
    expect(['fail', 'pass', 'unknown'].filter((status) => !found.some(({ worst }) => worst === status))).toEqual([]);
  });

  test('every node has a finding, or the cluster has', () => {
    const silent = fixtures.flatMap(({ evidence }) => {
      const findings = problem.diagnose(evidence);
      if (problem.reads) return findings.length > 0 ? [] : ['the cluster'];
      const subjects = findings.map(({ subject }) => (subject.kind === 'node' ? subject.name : ''));
      return evidence.nodes.map((node) => node.name).filter((name) => !subjects.includes(name));
    });

    expect(silent).toEqual([]);
  });

  test('every rule of its table, and each of its texts, is heard on a fixture; every text of a finding is of one rule', () => {
    const found = [
      ...fixtures.flatMap(({ evidence }) => problem.diagnose(evidence)),
      ...synchronisedFindings(problem, fixtures),
    ];
    const heard = new Set(found.map(({ rule }) => rule));
    const said = new Set(found.map(({ text }) => text.key));
    const isBelow = (key: string, text: string): boolean => key === text || key.startsWith(`${text}.`);
    const texts = Object.entries(problem.rules).flatMap(([id, rule]) => textsOf(id, rule));
    const written = [...leaves(problem.texts.en, '')].filter((key) => key.startsWith('findings.'));

    expect(Object.keys(problem.rules).filter((id) => !heard.has(id))).toEqual([]);
    expect(texts.filter((text) => ![...said].some((key) => isBelow(key, text)))).toEqual([]);
    expect(written.filter((key) => texts.filter((text) => isBelow(key, text)).length !== 1)).toEqual([]);
    expect(
      found.filter(({ rule, text }) => !textsOf(rule, problem.rules[rule] ?? {}).some((one) => isBelow(text.key, one))),
    ).toEqual([]);
  });

  test('a symptom names a cause that there is, and that can be as grave', () => {
    const ranks = ['low', 'medium', 'high', 'critical'];
    const worst = ({ fail, warn }: Rule): number => {
      const [status, gravity] = fail === undefined ? [0, warn] : [10, fail];
      return (
        status +
        Math.max(
          ...Object.values(typeof gravity === 'string' ? [gravity] : (gravity ?? {})).map((one) => ranks.indexOf(one)),
        )
      );
    };
    for (const rule of Object.values(problem.rules))
      for (const cause of rule.explainedBy ?? []) {
        const named = 'rule' in cause ? problem.rules[cause.rule] : undefined;
        if ('rule' in cause) expect(named, cause.rule).toBeDefined();
        if (named !== undefined) expect(worst(named)).toBeGreaterThanOrEqual(worst(rule));
      }
  });

  test.each(languages)('every sentence that is said has its words in %s, and all its values', (language) => {
    const translator = createTranslator(language, problem.texts[language]);
    const said = fixtures.flatMap(({ evidence }) => saidTexts(problem, evidence));

    expect(said.length).toBeGreaterThanOrEqual(fixtures.length);
    expect(said.filter(({ key }) => !translator.has(key))).toEqual([]);
    expect(
      said.map(({ key, params }) => translator.text(key, params)).filter((sentence) => sentence.includes('{{')),
    ).toEqual([]);
  });

  test('it reads no fact that it has not declared', () => {
    const declared = factsOf(problem).map(({ key }) => key);
    const remedies = new Set(problem.meta.remedies);
    const read = new Set<string>();
    for (const { name, evidence } of allFixtures) {
      const said = (from: Evidence): unknown => {
        const findings = problem.diagnose(from);
        return [findings, problem.plan({ evidence: from, findings, remedies })];
      };
      const nodes = evidence.nodes.map((node) => ({
        ...node,
        sections: Object.fromEntries(Object.entries(node.sections).filter(([key]) => declared.includes(key))),
      }));

      expect(said({ ...evidence, nodes }), name).toEqual(said(watched(evidence, read)));
    }
    expect(read.size > 0).toBe(declared.length > 0);
    expect([...read].filter((key) => !declared.includes(key))).toEqual([]);
  });

  test('where what only plans ask for changes a diagnosis, one without it says that it did not look', () => {
    const ofPlans = problem.planFacts?.map(({ key }) => key) ?? [];
    const changed = allFixtures.filter(({ evidence }) => {
      const nodes = evidence.nodes.map(({ sections, ...node }) => ({
        ...node,
        sections: Object.fromEntries(Object.entries(sections).filter(([key]) => !ofPlans.includes(key))),
      }));
      const bare = problem.diagnose({ ...evidence, nodes });
      return (
        !bare.some(({ status }) => status === 'not-looked-at') && !isDeepStrictEqual(bare, problem.diagnose(evidence))
      );
    });

    expect(changed.map(({ name }) => name)).toEqual([]);
  });

  test('a finding is stable, told once, and refers to what was read', () => {
    for (const { evidence } of fixtures) {
      const findings = problem.diagnose(evidence);
      const fingerprints = findings.map(({ fingerprint }) => fingerprint);

      expect(problem.diagnose(structuredClone(evidence))).toEqual(findings);
      expect(new Set(fingerprints).size).toBe(fingerprints.length);
      expect(findings.every((finding) => finding.problem === id && finding.evidence.length > 0)).toBe(true);
    }
  });

  test('its remedy makes the fixture pass, has nothing to do then, and says how the old files were', async () => {
    const applyActions = await applyActionsOf(id);
    const remedied = fixtures.filter(({ evidence }) => planOf(evidence).actions.length > 0);

    expect(remedied.length > 0).toBe(problem.meta.onRequestOnly !== true);
    for (const { name, evidence } of remedied) {
      const { actions } = planOf(evidence);
      const after = applyActions(evidence, actions);
      const findings = problem.diagnose(after);

      expect(
        findings.map(({ status }) => status),
        name,
      ).toEqual(findings.map(() => 'pass'));
      expect(problem.plan({ evidence: after, findings }), name).toEqual({ actions: [], refused: [] });
      const files = actions.filter((action) => action.kind === 'file');
      expect(applyActions(applyActions(evidence, files), files.map(reversed)), name).toEqual(evidence);
    }
  });

  test('a plan is deterministic, its checks take what they are given, and every trouble with a remedy is planned or refused', () => {
    for (const { name, evidence } of fixtures) {
      const findings = problem.diagnose(evidence);
      const planned = planOf(evidence);
      const { actions, clusterActions = [], refused } = planned;
      const answered = [
        ...[...actions, ...clusterActions].flatMap(({ cures }) => cures),
        ...refused.map(({ fingerprint }) => fingerprint),
      ];
      const open = findings.filter(
        (finding) => (finding.status === 'fail' || finding.status === 'warn') && finding.remedy,
      );

      expect(planOf(structuredClone(evidence)), name).toEqual(planned);
      expect(
        open.filter(({ fingerprint }) => !answered.includes(fingerprint)),
        name,
      ).toEqual([]);
      expect(
        actions.flatMap((action) => actionKind(action.kind).checks(action)).filter((reference) => !takes(reference)),
        name,
      ).toEqual([]);
      expect(new Set(actions.map((action) => action.id)).size, name).toBe(actions.length);
    }
  });

  test('what puts files into force stands behind them in its change, whatever remedies are asked for', () => {
    const remedies = new Set(problem.meta.remedies);
    for (const { name, evidence } of fixtures) {
      const { actions } = problem.plan({ evidence, findings: problem.diagnose(evidence), remedies });
      for (const change of Map.groupBy(actions, ({ node, partOf = '' }) => `${node} ${partOf}`).values()) {
        const isLast = change.map(({ kind }) => actionKind(kind).undoneLast);
        expect(isLast, name).toEqual(isLast.toSorted((a, b) => Number(a) - Number(b)));
      }
    }
  });

  function planOf(evidence: Parameters<typeof problem.diagnose>[0]): ReturnType<typeof problem.plan> {
    return problem.plan({ evidence, findings: problem.diagnose(evidence) });
  }

  function takes({ check, args }: CheckReference): boolean {
    return check.startsWith(`${id}/`) && problem.checks[check.slice(id.length + 1)]?.admits(args) === true;
  }
});

function factsOf({ facts, planFacts = [] }: (typeof problems)[number]): readonly Fact[] {
  return [...facts, ...planFacts];
}

function faultsOf({ meta, clusterFaults = {} }: (typeof problems)[number]): readonly string[] {
  return [...meta.faults, ...Object.keys(clusterFaults)];
}

function worstOf(findings: ReturnType<(typeof problems)[number]['diagnose']>): string {
  return (
    ['fail', 'warn', 'unknown', 'not-looked-at', 'pass'].find((status) =>
      findings.some((finding) => finding.status === status),
    ) ?? 'none'
  );
}

/** The file's own way back; how other kinds are undone, their contract holds. */
function reversed(action: FileAction): FileAction {
  const to = action.from === 'absent' ? 'absent' : { ...action.from, content: action.from.content ?? '' };
  return { ...action, from: action.to, to };
}

function* leaves(tree: TextTree, path: string): Generator<string> {
  for (const [name, text] of Object.entries(tree))
    if (typeof text === 'string') yield `${path}${name}`;
    else yield* leaves(text, `${path}${name}.`);
}
