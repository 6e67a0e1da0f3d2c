import stringWidth from 'string-width';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { operatorOf, type CommandResult, type Operator } from '../operator.ts';
import type { OpenCluster, TestCluster } from '../test-cluster.ts';

/**
 * Five or more English words in a row, in a line without Korean, that are neither the content of a file (a diff) nor a
 * command to type.
 */
function englishSentences(text: string): readonly string[] {
  return text.split('\n').filter((line) => {
    if (/[가-힣]/.test(line) || /^\s*[-+@]/.test(line) || /nodemend |https?:|\/etc\//.test(line)) return false;
    return /(?:\b[A-Za-z]{2,}\b[ ,]+){4,}[A-Za-z]{2,}/.test(line);
  });
}

export function describeLanguages(create: OpenCluster): void {
  describe('languages', () => {
    let cluster: TestCluster;
    let operator: Operator;
    let broken = '';
    const said: (CommandResult & { readonly words: string })[] = [];

    beforeAll(async () => {
      cluster = await create();
      operator = operatorOf(cluster, { LANG: 'ko_KR.UTF-8' });
      [broken = ''] = cluster.nodes.filter(({ runtime }) => runtime === 'docker').map(({ name }) => name);
      await cluster.breakNodes('container-logs', 'rule-missing', [broken]);
      for (const { name } of cluster.nodes) await cluster.quietLogs(name);
    });
    afterAll(async () => {
      operator?.leave();
      await cluster?.down();
    });

    async function say(...words: readonly string[]): Promise<CommandResult> {
      const result = await operator.nodemend(...words);
      said.push({ words: words.join(' '), ...result });
      return result;
    }

    test('every command speaks Korean to a Korean locale', async () => {
      expect((await say('doctor')).exitCode).toBe(0);
      expect((await say('diagnose')).exitCode).toBe(3);
      expect((await say('diagnose', '-o', 'wide')).exitCode).toBe(3);
      expect((await say('explain', 'container-logs')).exitCode).toBe(0);
      expect((await say('plan', 'container-logs', '--out', 'plan.json')).exitCode).toBe(0);
      expect((await say('apply', './plan.json')).exitCode).toBe(8);
      expect((await say('apply', './plan.json', '--yes', '--soak', '0')).exitCode).toBe(0);
      const [run = ''] = operator.runs();
      expect((await say('verify', run)).exitCode).toBe(0);
      expect((await say('history')).exitCode).toBe(0);
      expect((await say('undo', run, '--yes')).exitCode).toBe(0);
      expect((await say('resume', run, '--yes')).exitCode).toBeGreaterThan(0);
      expect((await say('bundle', '--out', 'bundle.json')).exitCode).toBe(0);
      expect((await say('diagnose', '--bundle', 'bundle.json')).exitCode).toBe(3);
      expect((await say('diagnos')).exitCode).toBe(2);
      expect((await say('diagnose', '--context', 'nobody')).exitCode).toBe(2);
      for (const command of [
        'doctor',
        'diagnose',
        'explain',
        'plan',
        'apply',
        'verify',
        'undo',
        'resume',
        'history',
        'bundle',
        'lab',
        'version',
      ]) {
        expect((await say(command, '--help')).exitCode, command).toBe(0);
      }
      for (const { words, stdout, stderr } of said) {
        expect(`${stdout}${stderr}`, words).toMatch(/[가-힣]/);
        expect(englishSentences(`${stdout}${stderr}`), words).toEqual([]);
      }
    });

    test('wide letters are counted as two columns: no line of a table is wider than 80', () => {
      for (const { words, stdout } of said.filter(({ words: text }) => !text.includes('wide'))) {
        const wide = stdout
          .split('\n')
          .filter((line) => stringWidth(line) > 80 && /[가-힣]/.test(line) && !/nodemend |\/tmp\//.test(line));
        expect(wide, words).toEqual([]);
      }
    });

    test('JSON does not depend on the language', async () => {
      // Of one moment: between two, disks and logs grow.
      await operator.nodemend('bundle', '--out', 'moment.json');
      const [korean, english] = [
        await say('diagnose', '--bundle', 'moment.json', '-o', 'json'),
        await say('diagnose', '--bundle', 'moment.json', '-o', 'json', '--lang', 'en'),
      ];
      expect(korean.exitCode).toBe(3);
      expect(korean.stdout).not.toMatch(/[가-힣]/);
      expect(korean.stdout).toBe(english.stdout);
    });
  });
}
