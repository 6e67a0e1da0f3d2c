import { describe, expect, test } from 'vitest';
import { catalogue } from '../../errors/catalogue.ts';
import { isErrorCode } from '../../errors/error-code.ts';
import { errorText } from '../../errors/text.ts';
import { languages } from '../../locales/language.ts';
import { labels } from '../../messages/label.ts';
import { statusWords } from '../../messages/status-word.ts';
import { problems } from '../../problems/testing/all-problems.ts';
import { displayWidth } from '../render/width.ts';
import { runInProcess } from '../testing/run-in-process.ts';

describe.each(languages)('%s', (language) => {
  test.each(problems.map(({ meta }) => meta.id))('the page of %s, and its section of the guide', async (id) => {
    const { code, data } = await runInProcess(['explain', id], { language });

    expect(code).toBe(0);
    expect(data.replaceAll(/\s+/g, ' ')).toContain(problems.find(({ meta }) => meta.id === id)?.meta.guideSection);
    expect(data.split('\n').filter((line) => displayWidth(line) > 80 && !line.startsWith('    '))).toEqual([]);
  });

  test.each(problems.map(({ meta }) => meta.id))('the contents of %s, and each of its parts alone', async (id) => {
    const { data } = await runInProcess(['explain', id], { language });
    const contents = [...data.matchAll(/^ {2}(\d+) {2}(\S.*)$/gm)].map(([, number = '', heading = '']) => ({
      number,
      heading,
    }));

    expect(contents.length).toBeGreaterThan(3);
    for (const { number, heading } of contents) {
      const part = await runInProcess(['explain', id, number], { language });
      expect(part.data.split('\n')[0]).toBe(heading);
      expect(data).toContain(part.data.trimEnd());
    }
    const beyond = await runInProcess(['explain', id, String(contents.length + 1)], { language });
    expect(beyond.error).toMatchObject({ code: 'USAGE', params: { context: 'number' } });
  });

  test('every status that kubectl or nodemend prints, in any case', async () => {
    for (const word of statusWords) {
      const { code, data } = await runInProcess(['explain', word.toUpperCase()], { language });

      expect(code).toBe(0);
      expect(data.split('\n')[0]).toMatch(new RegExp(`^${word}: `));
      expect(data.trim().split('\n').length).toBeLessThanOrEqual(12);
      expect(data.split('\n').filter((line) => displayWidth(line) > 80)).toEqual([]);
    }
  });

  test('every rule that a finding may name, with its problem and the next step', async () => {
    for (const { meta, rules } of problems) {
      for (const [rule, { remedy, onRequest }] of Object.entries(rules)) {
        const { code, data } = await runInProcess(['explain', rule], { language });

        expect(code).toBe(0);
        for (const page of data.split('\n\n')) expect(page.trim().split('\n').length, rule).toBeLessThanOrEqual(10);
        expect(data).toContain(`${rule}: `);
        // With the remedy that has to be named: without it the plan would say that it does nothing.
        const plan = `nodemend plan ${meta.id}${onRequest === undefined ? '.' : ` --remedy ${onRequest}.`}`;
        expect(data.replaceAll(/\s+/g, ' ')).toContain(remedy === undefined ? `nodemend explain ${meta.id}` : plan);
        expect(data).not.toMatch(/\{\{/);
      }
    }
  });

  test('every error code, with its exit code and what to do', async () => {
    for (const code of Object.keys(catalogue).filter(isErrorCode)) {
      const { code: exit, data } = await runInProcess(['explain', code], { language, columns: 1_000 });

      expect(exit).toBe(0);
      expect(data).toContain(code);
      expect(data.split('\n')[0]).toContain(String(catalogue[code].exit));
      expect(data).not.toMatch(/\{\{/);
    }
  });

  test('a message as it was on the screen, values filled in and lines broken', async () => {
    const { cause } = errorText(language, 'FILE_CHANGED_SINCE_PLAN', {
      node: 'worker-1',
      path: '/etc/logrotate.d/docker',
    });
    const pasted = cause.replaceAll(' ', '\n       ');

    expect((await runInProcess(['explain', `error: ${pasted}`], { language })).data).toMatch(
      /^FILE_CHANGED_SINCE_PLAN\b/,
    );
    expect((await runInProcess(['explain', `${pasted} [LEASE_HELD]`], { language })).data).toMatch(/^LEASE_HELD\b/);
  });
});

test('a code in any case, and words of a message', async () => {
  expect((await runInProcess(['explain', 'ssh_host_key_changed'])).data).toMatch(/^SSH_HOST_KEY_CHANGED /);
  expect((await runInProcess(['explain', 'journal', 'unreadable'])).data).toContain('JOURNAL_UNREADABLE');
});

test.each(languages)('each remedy by the id that --remedy takes, in %s', async (language) => {
  for (const { meta } of problems)
    for (const remedy of meta.remedies ?? []) {
      const { code, data } = await runInProcess(['explain', remedy], { language });

      expect(code).toBe(0);
      expect(data.replaceAll(/\s+/g, ' ')).toContain(`nodemend plan ${meta.id} --remedy ${remedy}.`);
      expect(data).not.toMatch(/\{\{|remedies\./);
    }
});

test.each([
  ['pause', 'base-images'],
  ['closed network', 'base-images'],
  ['폐쇄망', 'base-images'],
  ['container logs', 'container-logs'],
])('what people call a trouble: %s', async (typed, problem) => {
  for (const language of languages) {
    const { code, data } = await runInProcess(['explain', ...typed.split(' ')], { language });

    expect(code).toBe(0);
    expect(data).toContain(`${problem}: `);
    expect(data.replaceAll(/\s+/g, ' ')).toContain(`nodemend diagnose ${problem} --via ssh`);
    expect(data).not.toContain('IMAGE_NAME_INVALID');
  }
});

test('a rule of one problem, where another has one of the same name', async () => {
  const both = await runInProcess(['explain', 'events-unknown']);
  const one = await runInProcess(['explain', 'kernel-memory', 'events-unknown']);

  const having = problems.filter(({ rules }) => 'events-unknown' in rules);
  expect(having.length).toBeGreaterThan(1);
  expect(both.data.match(/^events-unknown: a rule of \S+/gm)).toHaveLength(having.length);
  expect(one.data).toMatch(/^events-unknown: a rule of kernel-memory\n/);
  expect(one.data.match(/^events-unknown/gm)).toHaveLength(1);
});

test.each(['a', '   ', 'of', 'weather in Pangyo'])('%j is nothing that it knows', async (topic) => {
  expect((await runInProcess(['explain', topic])).error).toMatchObject({ code: 'USAGE', params: { context: 'topic' } });
});

describe('a message of kubelet or a runtime', () => {
  test.each(languages)('as it was printed, in %s', async (language) => {
    const { code, data } = await runInProcess(
      ['explain', 'Failed to pull image "k8s.gcr.io/kube-proxy:v1.28.0":', 'k8s.gcr.io/kube-proxy:v1.28.0: not found'],
      { language, columns: 200 },
    );

    expect(code).toBe(0);
    expect(data).toMatch(/^retired-registry: /);
    expect(data.replaceAll(/\s+/g, ' ')).toContain('nodemend rewrite PATH');
  });

  test.each(
    languages.flatMap((language) =>
      labels.filter((label) => label !== 'other').map((label) => [language, label] as const),
    ),
  )('%s: %s by its label', async (language, label) => {
    const { data } = await runInProcess(['explain', label], { language });

    expect(data).toMatch(new RegExp(`^${label}: \\S.*\n\\S+: [^]+\n\\S+.*: [^]+\n$`));
    expect(data).not.toContain('message.');
  });

  test('an error of nodemend itself is that, whatever it quotes', async () => {
    const { cause } = errorText('en', 'SSH_REFUSED', { node: 'worker-1', address: '10.0.0.1', port: 22 });

    expect((await runInProcess(['explain', cause])).data).toMatch(/^SSH_REFUSED /);
  });
});

test.each([
  ['ImagePullBackOff', 'nodemend diagnose --only image-pull'],
  ['NotReady,SchedulingDisabled', 'journalctl -u kubelet'],
  ['Init:CrashLoopBackOff', 'kubectl logs NAME --previous'],
])('what people type first: %s', async (typed, step) => {
  expect((await runInProcess(['explain', typed], { columns: 200 })).data).toContain(step);
});
