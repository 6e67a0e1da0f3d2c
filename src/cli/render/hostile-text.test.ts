import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { fileDiff } from '../../actions/file/file-diff.ts';
import type { NodeOutcome, RunEvent, RunResult } from '../../engine/run.ts';
import { NodemendError } from '../../errors/nodemend-error.ts';
import { hidesSomething } from '../../text/printable.ts';
import { renderColumns } from './columns.ts';
import { renderDoctor } from './doctor/view.ts';
import { driftDocument } from '../../app/documents/drift/document.ts';
import { renderDrift } from './drift/view.ts';
import { renderError } from './error.ts';
import { findingsDocument } from '../../app/documents/findings/document.ts';
import { renderFindingsMarkdown } from './findings/markdown.ts';
import { renderFindings } from './findings/view.ts';
import { renderFindingsWide } from './findings/wide.ts';
import { having, reportOf, rule } from '../../app/testing/sample-drift.ts';
import { fileAction, planOf } from '../../app/testing/sample-plan.ts';
import { oneNode, sampleProblem, skipped, textsOf, uniform, unobserved } from '../../app/testing/sample-report.ts';
import { renderHistory } from './history.ts';
import { inFormat } from './in-format.ts';
import { createOutput } from './output.ts';
import { createPaint } from './paint.ts';
import { renderPlan } from './plan/view.ts';
import { progressLine } from './progress.ts';
import { createRunView } from './run/events.ts';
import { renderRunResult } from './run/result.ts';
import { renderSchedules } from './schedule.ts';
import type { PrintedDocument } from '../../app/documents/published.ts';
import { jsonText } from '../../app/documents/json-text.ts';
import { driftContext, contextOf } from './fixtures/sample-context.ts';

/** What a terminal obeys, what turns text around, what is not seen; and what looks like an escape that we wrote. */
const marks = [
  '\u001b[2J',
  '\u001b]0;title\u0007',
  '\u009b31m',
  '\r',
  '\u0000',
  '\u007f',
  '\u0085',
  '\u061c',
  '\u200b',
  '\u200e',
  '\u200f',
  '\u202a',
  '\u202e',
  '\u2028',
  '\u2029',
  '\u2066',
  '\u2069',
  '\ufeff',
  '\u3164',
  '\u{e0041}',
  '\ud800',
  '\\u202e',
];
const hostile = fc
  .array(fc.oneof(fc.constantFrom(...marks), fc.string({ unit: 'binary', maxLength: 3 })), {
    minLength: 1,
    maxLength: 3,
  })
  .map((parts) => `x${parts.join('')}`);

/** Whose values come from the world. What the views decide by (states, codes, keys of texts) is ours. */
const fromOutside =
  /^(?:name|node|nodes|group|address|path|detail|context|server|user|hostname|diff|content|owner|run|version|command|unit|locked|from)$/;

/** Words of our own, wherever they stand. */
const ours = /^(?:problem|rule|state|status|severity|reason|code|step|ending|left|verdict|kind|event)$/;

/** A copy in which every value that comes from the world ends in the mark. */
function poisoned<T>(value: T, mark: string, isOutside = false): T {
  if (typeof value === 'string') return (isOutside ? value + mark : value) as T;
  if (Array.isArray(value)) return value.map((item: unknown) => poisoned(item, mark, isOutside)) as T;
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, item]): readonly [string, unknown] => [
    key,
    poisoned<unknown>(item, mark, !ours.test(key) && (isOutside || fromOutside.test(key))),
  ]);
  return Object.fromEntries(entries) as T;
}

const outcome: NodeOutcome = {
  node: 'worker-7',
  ending: 'refused',
  left: 'as-before',
  step: 'stage',
  code: 'FILE_CHANGED_SINCE_PLAN',
  params: { node: 'worker-7', path: '/etc/logrotate.d/docker', problem: 'container-logs' },
  detail: 'words',
  diff: '--- a/x\tplanned\n+++ b/x\tnow\n@@ -1 +1 @@\n-weekly\n+daily',
};
const result: RunResult = {
  run: 'r',
  kind: 'apply',
  verdict: 'stopped-and-restored',
  exitCode: 7,
  interrupted: false,
  locked: ['worker-3'],
  stopped: { why: 'failures', failures: 3, max: 0 },
  nodes: [outcome, { node: 'worker-2', ending: 'failed', left: 'unknown', step: 'verify', detail: 'words' }],
};
const events: readonly RunEvent[] = [
  { event: 'lease-taken', lease: 'nodemend', from: 'kim@laptop' },
  { event: 'batch', index: 0, of: 1, nodes: ['worker-1'] },
  { event: 'node-ended', outcome },
] as const;

function diffWith(mark: string): string {
  const state = { content: `a${mark}\n`, sha256: 'b'.repeat(64), mode: '0644', uid: 0, gid: 0 };
  const before = { label: 'now', state: 'absent' } as const;
  return fileDiff(`/etc/x${mark}`, before, { label: 'planned', state }, (text) => text);
}

/** Every view of the shell, of things that a mark is in. */
function viewsWith(mark: string, language: 'ko' | 'en'): Readonly<Record<string, string>> {
  const context = contextOf(language, 60);
  const next = `nodemend verify ${mark}`;
  const reports = [
    oneNode(),
    uniform(2, (name) => skipped(name, `app${mark}`, 5)),
    uniform(1, (n) => unobserved(n, 'timed-out')),
  ];
  const drifts = [
    reportOf(
      [
        ['worker-1', having(`${rule}#${mark}`)],
        ['worker-2', 'silent'],
      ],
      `${rule}\n`,
    ),
  ];
  return {
    ...Object.fromEntries(
      reports.flatMap((sample, index) => {
        const report = poisoned(sample, mark);
        return [
          [
            `findings ${index}`,
            renderFindings(report, { repeat: [], repeatAccess: [], bundle: false, problems: [] }, context),
          ],
          [`wide ${index}`, renderFindingsWide(report, context)],
          [
            `markdown ${index}`,
            renderFindingsMarkdown(
              report,
              { repeat: [], repeatAccess: [], bundle: false, problems: [] },
              textsOf(language),
            ),
          ],
        ];
      }),
    ),
    drift: drifts
      .map((sample) => renderDrift(poisoned(sample, mark), { diffs: true, next }, driftContext(language, 60)))
      .join(''),
    plan: renderPlan(
      planOf([poisoned(fileAction('worker-1', 'absent'), mark)]),
      { preview: () => diffWith(mark), problems: [sampleProblem], nks: true, next },
      context,
    ),
    result: renderRunResult(poisoned(result, mark), { next }, context),
    events: events.map((event) => createRunView(context, { verbose: true }).tell(poisoned(event, mark))).join(''),
    error: renderError(
      new NodemendError('SSH_TIMED_OUT', { node: mark, address: mark, port: 22, seconds: 1 }),
      { debug: false },
      context,
    ),
    internal: renderError(new Error(mark), { debug: true }, context),
    doctor: renderDoctor(
      [
        {
          check: 'access',
          subject: mark,
          state: 'fail',
          text: { key: 'doctor.access.failed', params: { group: mark, count: 2, detail: mark } },
          next: { key: 'doctor.access.failedNext', params: {} },
          attachment: `kind: ${mark}\n`,
        },
      ],
      next,
      context,
    ),
    history: renderHistory([{ run: mark, kind: 'apply', state: 'done', nodes: 1, objects: 0, owner: mark }], context),
    schedules: renderSchedules(
      [{ name: mark, kind: 'cron', state: 'unknown', parts: [], detail: mark, command: ['nodemend', mark] }] as never,
      context,
    ),
    progress: progressLine(
      { done: 0, total: 1, failed: 0, running: [{ node: mark, since: 0 }] },
      9000,
      0,
      context.texts.t,
    ),
    columns: renderColumns([{ header: 'A' }], [[{ text: mark }]], createPaint(false), 80).join('\n'),
  };
}

test('no view sends anything that a terminal obeys or hides', () => {
  fc.assert(
    fc.property(hostile, fc.constantFrom('ko', 'en'), (mark, language) => {
      for (const [view, text] of Object.entries(viewsWith(mark, language)))
        expect(hidesSomething(text), `${view}: ${JSON.stringify(text)}`).toBe(false);
    }),
    { numRuns: 150, interruptAfterTimeLimit: 5000 },
  );
});

test.each(['\u200e', '\u200f', '\u061c'])('every view writes the direction mark %j out', (mark) => {
  const written = `\\u${mark.charCodeAt(0).toString(16).padStart(4, '0')}`;
  for (const language of ['ko', 'en'] as const)
    for (const [view, text] of Object.entries(viewsWith(mark, language))) {
      expect(hidesSomething(text), view).toBe(false);
      // In Markdown its backslash is written as a character reference.
      if (!/^(?:findings|wide|markdown)/.test(view)) expect(text.replaceAll(/\s+/g, ''), view).toContain(written);
    }
});

test('JSON and YAML hide nothing either, and are read back as the same', async () => {
  await fc.assert(
    fc.asyncProperty(hostile, async (mark) => {
      const report = poisoned(
        uniform(2, (name) => skipped(name, `app${mark}`, 5)),
        mark,
      );
      const drift = reportOf([['worker-1', having(`${rule}#${mark}`)]], `${rule}\n`);
      const documents: readonly PrintedDocument[] = [
        findingsDocument(report, 3, textsOf('en')),
        driftDocument(drift, 3, driftContext('en').texts),
        { schema: 'nodemend.dev/rewrite/v1', references: [], left: [{ file: mark, why: mark }], looked: 0, skipped: 0 },
      ];
      for (const document of documents) {
        const [json, yaml] = [
          jsonText(document),
          await inFormat('yaml', { document: () => document, table: () => '' }),
        ];
        expect(hidesSomething(json)).toBe(false);
        expect(hidesSomething(yaml)).toBe(false);
        const plain: unknown = JSON.parse(JSON.stringify(document));
        expect(JSON.parse(json)).toEqual(plain);
        if (mark.isWellFormed()) expect(parse(yaml)).toEqual(plain);
      }
    }),
    { numRuns: 60, interruptAfterTimeLimit: 5000 },
  );
});

const nothing: PrintedDocument = { schema: 'nodemend.dev/schedules/v1', schedules: [] };

test.each([true, false])('whatever a view forgot is written out at the last wall (colour: %s)', async (colour) => {
  await fc.assert(
    fc.asyncProperty(hostile, async (mark) => {
      let sent = '';
      const stream = { isTTY: true, columns: 80, write: (text: string) => void (sent += text), on: () => undefined };
      const { data } = createOutput(stream, stream, colour ? { FORCE_COLOR: '1' } : { NO_COLOR: '1' });
      data.write(`${data.paint('fail', 'red')}${mark}\n`);
      const [before, after] = colour ? [data.paint('fail', 'red'), ''] : ['red', ''];
      expect(sent.startsWith(before)).toBe(true);
      expect(hidesSomething(sent.slice(before.length) + after)).toBe(false);
      expect(hidesSomething(await inFormat('markdown', { document: () => nothing, table: () => mark }))).toBe(false);
    }),
    { numRuns: 200 },
  );
});
