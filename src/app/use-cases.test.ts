import { join } from 'node:path';
import { expect, test } from 'vitest';
import { planText, readPlan } from '../engine/read-plan.ts';
import { findingsDocument } from './documents/findings/document.ts';
import { evidenceFromBundle } from './evidence/from-bundle.ts';
import { diagnose } from './evidence/diagnose.ts';
import { planEvidence } from './plans/make-plan.ts';
import { withProblems } from './problems/with-problems.ts';
import { openSession } from './session/session.ts';
import { portsIn } from './testing/ports.ts';

/** Without a command line, as an operator or a server would: nothing here is typed, asked or drawn. */
const bundle = join(import.meta.dirname, '../../examples/sick-cluster.json');
const ports = await withProblems(portsIn());

test('diagnose: from a bundle to the published document', async () => {
  const session = await openSession({}, ports);
  const report = await diagnose({ session, bundle }, ports);
  const { counts, findings } = findingsDocument(report, 3, ports.texts);

  expect(counts.nodes.fail).toBeGreaterThan(0);
  expect(findings.find(({ status }) => status === 'fail')).toMatchObject({
    problem: 'container-logs',
    message: expect.stringContaining('/etc/logrotate.d/docker') as string,
  });
});

test('plan: from the same bundle, kept and read again as it was', async () => {
  const asked = ports.problems.filter(({ meta }) => meta.id === 'container-logs');
  const evidence = await evidenceFromBundle(bundle, asked);
  const { plan } = await planEvidence(evidence, { asked, remedies: new Set(), command: 'plan' }, ports);

  expect(plan.actions.length).toBeGreaterThan(0);
  expect(readPlan(planText(plan), 'plan.json')).toEqual(plan);
});
