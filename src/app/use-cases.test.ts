import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
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

test('the user’s own table of names that have moved holds for the cluster as well', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'nodemend-table-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const recorded = readFileSync(join(import.meta.dirname, '../evidence/fixtures/written-by-0.1.json'), 'utf8');
  const image = { pointer: '/spec/template/spec/containers/0/image', role: 'container', container: 'cache' };
  const orders = JSON.stringify({ images: [{ ...image, image: 'bitnami/redis:7.2' }] }).slice(1, -1);
  const held = recorded.replace(/("name": ?"orders",\s*"uid": ?"[^"]*",\s*)"images": ?\[\]/u, `$1${orders}`);
  writeFileSync(join(folder, 'bundle.json'), held);
  writeFileSync(
    join(folder, 'nodemend.yaml'),
    'imageReplacements:\n  - {from: docker.io/bitnami, to: docker.io/bitnamilegacy}\n',
  );
  const told = async (config?: string): Promise<readonly unknown[]> => {
    const session = await openSession(config === undefined ? {} : { config }, ports);
    const { diagnosis } = await diagnose({ session, bundle: join(folder, 'bundle.json') }, ports);
    return diagnosis.findings.filter(({ rule }) => rule === 'retired-reference');
  };

  expect(await told()).toEqual([]);
  expect(await told(join(folder, 'nodemend.yaml'))).toMatchObject([
    {
      status: 'warn',
      subject: { name: 'Deployment/orders' },
      facts: { references: [{ image: 'bitnami/redis:7.2', becomes: 'bitnamilegacy/redis:7.2' }] },
    },
  ]);
});
