import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseReply } from '../../src/actions/node-state/reply.ts';
import { readRecord } from '../../src/actions/node-state/read-record.ts';
import { parseConfiguration } from '../../src/app/configuration/parse.ts';
import { parseHostLines } from '../../src/app/configuration/host-lines.ts';
import { parseJournal } from '../../src/engine/journal/entry.ts';
import { parseShownAnswer } from '../../src/evidence/rate-limit/http-answer.ts';
import { makePlan } from '../../src/engine/make-plan.ts';
import { planHash } from '../../src/engine/plan-hash.ts';
import type { Plan } from '../../src/engine/plan.ts';
import { planText, readPlan } from '../../src/engine/read-plan.ts';
import { readSchedule } from '../../src/engine/schedule/schedule-record.ts';
import { parseResult } from '../../src/engine/schedule/scheduled-result.ts';
import type { Evidence } from '../../src/evidence/evidence.ts';
import { readBundle } from '../../src/evidence/bundle.ts';
import { parseFrames } from '../../src/evidence/probe/frames.ts';
import { parseIdentity } from '../../src/evidence/probe/identity.ts';
import { redactText } from '../../src/evidence/redact.ts';
import { editDefaults } from '../../src/grub/edit-defaults.ts';
import { readExecStatus } from '../../src/kubernetes/exec/exec-status.ts';
import { readKubeconfigFile } from '../../src/kubernetes/kubeconfig-file.ts';
import { readListPage } from '../../src/kubernetes/list-page.ts';
import { readStatus } from '../../src/kubernetes/status-error.ts';
import { findReferences } from '../../src/manifests/find-references.ts';
import { retiredPatterns } from '../../src/manifests/retired-patterns.ts';
import { rewriteText } from '../../src/manifests/rewrite-text.ts';
import { classify } from '../../src/messages/classify.ts';
import { readConfiguration } from '../../src/logrotate/read-configuration.ts';
import { releaseOf } from '../../src/logrotate/release.ts';
import { parseReport } from '../../src/problems/container-logs/rotation/checks/report.ts';
import { containerLogs } from '../../src/problems/container-logs/problem.ts';
import { memoryTree } from '../../src/logrotate/testing/memory-tree.ts';
import { readContainerdConfig } from '../../src/runtimes/containerd/containerd-config.ts';
import { readHostsFile } from '../../src/runtimes/containerd/hosts-file.ts';
import { parseChallenges } from '../../src/registry/client/challenge.ts';
import { parseDockerConfig } from '../../src/registry/docker-config/docker-config.ts';
import { retiredNames, type FindSuccessor } from '../../src/registry/successor.ts';
import { parseReference } from '../../src/registry/reference/image-reference.ts';
import { readDaemonConfig } from '../../src/runtimes/docker/daemon-config.ts';
import { parseKnownHostsLine } from '../../src/transport/known-hosts/known-hosts-line.ts';
import { fixturesOf } from '../../src/problems/testing/problem-fixtures.ts';
import { evidenceTargets } from './evidence-targets.ts';
import { seedsOf } from './seeds.ts';
import type { FuzzTarget } from './target.ts';

const root = join(import.meta.dirname, '../..');
const marker = 'a'.repeat(32);
const nokmem = { text: 'cgroup.memory=nokmem', name: 'cgroup.memory', value: 'nokmem', isSet: true };

/** One that reads text, seeded by the file of its name under `seeds/`. */
function ofText(name: string, read: (text: string) => unknown): FuzzTarget {
  return { name, seeds: () => seedsOf(name), read: (input) => read(input.toString('utf8')) };
}

/** One that reads a file. */
function ofFile(name: string, seeds: FuzzTarget['seeds'], read: (path: string) => Promise<unknown>): FuzzTarget {
  return {
    name,
    seeds,
    read: async (input) => {
      const folder = mkdtempSync(join(tmpdir(), 'nodemend-fuzz-'));
      try {
        writeFileSync(join(folder, 'input'), input);
        return await read(join(folder, 'input'));
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
  };
}

function filesIn(folder: string, ending: string): readonly Buffer[] {
  return readdirSync(join(root, folder))
    .filter((name) => name.endsWith(ending))
    .map((name) => readFileSync(join(root, folder, name)));
}

function readLogrotate(text: string): void {
  for (const version of ['3.8.6', '3.14.0', '3.21.0']) {
    const release = releaseOf(version);
    if (release === undefined) throw new Error(`no release ${version}`);
    const files = { '/etc/logrotate.conf': { content: text }, '/etc/logrotate.d/docker': { content: text } };
    readConfiguration('/etc/logrotate.conf', memoryTree(files), release);
  }
}

/** What is planned for the first fixtures that need something. */
function plans(): readonly Buffer[] {
  return fixturesOf(containerLogs.meta.id)
    .slice(0, 30)
    .map(({ evidence: { scope, ...evidence } }) => {
      // Nodes of a hosts file: the fixtures hold no identity of a cluster.
      const ofHosts: Evidence = { ...evidence, scope: { ...scope, targets: 'hosts' } };
      return makePlan({ evidence: ofHosts, findings: containerLogs.diagnose(ofHosts), problems: [containerLogs] });
    })
    .filter(({ actions }) => actions.length > 0)
    .map((plan) => Buffer.from(planText(plan)));
}

/** With the hash of what it says now: whoever forges a plan can do the same. */
function sealedAgain(text: string): string {
  try {
    const plan = JSON.parse(text) as Plan;
    return JSON.stringify({ ...plan, hash: planHash(plan) });
  } catch {
    return text;
  }
}

const patterns = retiredPatterns(retiredNames());

/** Found in all three kinds of files, and rewritten there. */
function rewriteManifest(text: string): void {
  const successorOf: FindSuccessor = (written) =>
    written.startsWith('k8s.gcr.io/')
      ? { action: 'change', reference: written.replace('k8s.gcr.io', 'registry.k8s.io') }
      : undefined;
  for (const file of ['a.yaml', 'Dockerfile', 'kustomization.yaml']) {
    const found = findReferences(text, { file, successorOf, patterns, mentions: true });
    rewriteText(text, found);
  }
}

/** Redaction keeps lines, and says the same of what it made. */
function redactTwice(text: string): void {
  const once = redactText(text);
  if (once.split('\n').length !== text.split('\n').length) throw new Error('a line was lost or made');
  if (redactText(once) !== once) throw new Error('redacted once more it is another text');
}

export const targets: readonly FuzzTarget[] = [
  {
    name: 'probe-frames',
    seeds: () => seedsOf('probe-frames'),
    read: (input) => parseFrames(marker, input),
  },
  ofText('identity', parseIdentity),
  { name: 'node-reply', seeds: () => seedsOf('node-reply'), read: (input) => parseReply(input) },
  ofText('node-record', (text) => readRecord('worker-1', '20260101-0000-container-logs-beef', text)),
  ofText('check-report', (stdout) => parseReport({ stdout })),
  ofText('grub-defaults', (text) => editDefaults([{ path: 'grub', text }], 0, { operation: 'add', argument: nokmem })),
  ofText('known-hosts', (text) =>
    text.split('\n').map((line, at) => parseKnownHostsLine(line, `known_hosts:${at + 1}`)),
  ),
  ofFile('kubeconfig', () => seedsOf('kubeconfig'), readKubeconfigFile),
  ofFile('bundle', () => filesIn('src/problems/image-pull/fixtures', '.json').slice(0, 8), readBundle),
  { name: 'plan', seeds: plans, read: (input) => readPlan(sealedAgain(input.toString('utf8')), 'plan.json') },
  ofText('journal', (text) => parseJournal(text, '20260101-0000-container-logs-beef')),
  ofText('schedule', (text) => readSchedule(text, 'schedule.json')),
  ofText('scheduled-result', parseResult),
  ofText('registry-answer', (text) => {
    const answer = parseShownAnswer(text);
    return parseChallenges(answer?.headers['www-authenticate']);
  }),
  ofText('docker-config', (text) => [
    parseDockerConfig(text, 'kubernetes.io/dockerconfigjson'),
    parseDockerConfig(text, 'kubernetes.io/dockercfg'),
  ]),
  ofText('image-reference', parseReference),
  ofText('daemon-json', readDaemonConfig),
  ofText('containerd-config', (text) => readContainerdConfig([{ path: '/etc/containerd/config.toml', text }])),
  ofText('hosts-toml', readHostsFile),
  ofText('logrotate', readLogrotate),
  ofText('manifest', rewriteManifest),
  ofText('configuration', (text) => parseConfiguration({ path: 'config.yaml', text })),
  ofText('hosts-file', (text) => parseHostLines('hosts', text)),
  {
    name: 'list-page',
    seeds: () => seedsOf('list-page'),
    // A SyntaxError is its answer to what is no JSON; its caller makes an error of ours from it.
    read: (input) => withoutSyntaxErrors(() => readListPage(input, () => undefined)),
  },
  ofText('api-status', (text) => withoutSyntaxErrors(() => readStatus(500, JSON.parse(text)))),
  ofText('exec-status', readExecStatus),
  ofText('message', (message) => classify({ message })),
  ofText('redaction', redactTwice),
  ...evidenceTargets,
];

function withoutSyntaxErrors(read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
