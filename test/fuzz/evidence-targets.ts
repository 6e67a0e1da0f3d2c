import type { Evidence, NodeEvidence, Section, Observed } from '../../src/evidence/evidence.ts';
import { bundleSchema } from '../../src/evidence/evidence-schema.ts';
import { problems } from '../../src/problems/testing/all-problems.ts';
import type { Finding, Problem } from '../../src/problems/problem.ts';
import { fixturesOf } from '../../src/problems/testing/problem-fixtures.ts';
import { mutate } from './mutate.ts';
import type { Random } from './random.ts';
import type { FuzzTarget } from './target.ts';

/** What redaction puts in the place of a secret. */
const mask = '***';

export const evidenceTargets: readonly FuzzTarget[] = problems.flatMap((problem) => [
  changedEvidence(problem),
  lostEvidence(problem),
]);

/**
 * Evidence that was changed anywhere, mostly in what a node printed: what the schema takes is diagnosed and planned for.
 * Whatever a node or an API server answers, that ends with findings; and no plan writes what redaction has left of a
 * secret.
 */
function changedEvidence(problem: Problem): FuzzTarget {
  return {
    name: `evidence-${problem.meta.id}`,
    seeds: () => seedsOf(problem),
    make: (seeds, random) => (random.below(3) === 0 ? mutate(seeds, random) : withChangedSection(seeds, random)),
    read: (input) => {
      const evidence = asEvidence(input);
      if (evidence !== undefined) diagnoseAndPlan(evidence, problem);
    },
  };
}

/**
 * Evidence of which some sections were lost, and some cut at any byte: nothing is said to be well that was not said to
 * be so with all that there was to see, whichever are missing together.
 */
function lostEvidence(problem: Problem): FuzzTarget {
  const passed = new Map<string, ReadonlySet<string>>();
  for (const { evidence } of fixturesOf(problem.meta.id))
    passed.set(whole(evidence), new Set(passesOf(problem.diagnose(evidence))));
  return {
    name: `lost-${problem.meta.id}`,
    seeds: () => seedsOf(problem),
    make: (seeds, random) => Buffer.from(JSON.stringify(withLosses(random.pick(seeds), random))),
    read: (input) => {
      const { original, evidence } = JSON.parse(input.toString('utf8')) as Losses;
      const before = passed.get(original) ?? new Set();
      const wrong = passesOf(problem.diagnose(evidence)).filter((pass) => !before.has(pass));
      if (wrong.length > 0) throw new Error(`less was seen, and more is well: ${wrong.join(', ')}`);
    },
  };
}

interface Losses {
  /** What tells the evidence that it was made of. */
  readonly original: string;
  readonly evidence: Evidence;
}

function seedsOf(problem: Problem): readonly Buffer[] {
  return fixturesOf(problem.meta.id).map(({ evidence }) => Buffer.from(JSON.stringify(evidence)));
}

function whole(evidence: Evidence): string {
  return JSON.stringify(evidence);
}

function passesOf(findings: readonly Finding[]): readonly string[] {
  return findings.flatMap(({ status, subject, rule }) =>
    status === 'pass' ? [`${rule} of ${JSON.stringify(subject)}`] : [],
  );
}

function withLosses(seed: Buffer, random: Random): Losses {
  const original = JSON.parse(seed.toString('utf8')) as Evidence;
  const evidence = mapSections(original, (section) => {
    if (random.below(4) > 0 || section.state !== 'seen') return section;
    if (random.below(2) === 0) return { state: 'unknown', reason: 'timed-out', detail: 'lost on purpose' };
    const { value } = section;
    if (value.encoding !== 'utf8') return section;
    const output = value.output.slice(0, random.below(value.output.length + 1));
    return { state: 'seen', value: { ...value, output, truncated: true } };
  });
  return { original: whole(original), evidence };
}

function withChangedSection(seeds: readonly Buffer[], random: Random): Buffer {
  const original = JSON.parse(random.pick(seeds).toString('utf8')) as Evidence;
  const printed = original.nodes.flatMap(({ sections }) =>
    Object.values(sections).flatMap((section) => (section.state === 'seen' ? [Buffer.from(section.value.output)] : [])),
  );
  if (printed.length === 0) return mutate(seeds, random);
  const evidence = mapSections(original, (section) => {
    if (section.state !== 'seen' || random.below(3) > 0) return section;
    // Now and then with a piece of another section.
    const sources = random.below(4) === 0 ? printed : [Buffer.from(section.value.output)];
    const output = mutate(sources, random).toString('utf8');
    return { state: 'seen', value: { ...section.value, output, truncated: random.below(8) === 0 } };
  });
  return Buffer.from(JSON.stringify(evidence));
}

function mapSections(evidence: Evidence, change: (section: Observed<Section>) => Observed<Section>): Evidence {
  const changed = (node: NodeEvidence): NodeEvidence => ({
    ...node,
    sections: Object.fromEntries(Object.entries(node.sections).map(([key, section]) => [key, change(section)])),
  });
  return { ...evidence, nodes: evidence.nodes.map(changed) };
}

function diagnoseAndPlan(evidence: Evidence, problem: Problem): void {
  const findings = problem.diagnose(evidence);
  if (findings.length === 0 && evidence.nodes.length > 0) throw new Error('nothing is said of a node');
  const { actions } = problem.plan({ evidence, findings });
  for (const action of actions) {
    if (action.kind === 'file' && action.to !== 'absent' && action.to.content?.includes(mask))
      throw new Error(`the plan writes ${mask} into ${action.path}`);
  }
}

function asEvidence(input: Buffer): Evidence | undefined {
  try {
    const parsed = bundleSchema.safeParse(JSON.parse(input.toString('utf8')));
    return parsed.success ? parsed.data : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
