import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { composeProbe } from './compose.ts';
import prelude from './prelude.sh?raw';
import { probeOf } from './testing/run-probe.ts';

const logs = probeOf('section sizes 5 1000 true\n', ['sizes'], 'container-logs');
const images = probeOf('section list 5 1000 true\n', ['list', 'pins'], 'image-pull');

describe('composeProbe', () => {
  test('names all sections by their problem', () => {
    expect(composeProbe([logs, images]).sections).toEqual([
      'container-logs/sizes',
      'image-pull/list',
      'image-pull/pins',
    ]);
  });

  test('the same problems give the same text', () => {
    expect(composeProbe([logs, images]).script).toBe(composeProbe([logs, images]).script);
  });

  test('is one command, which a shell does not begin before it has all of it', () => {
    const { script } = composeProbe([logs]);
    const half = script.slice(0, script.lastIndexOf('}'));
    const result = spawnSync('/bin/sh', ['-s', 'marker', '10'], { input: half, encoding: 'utf8' });

    expect(result.status).not.toBe(0);
    expect(result.stdout).toBe('');
  });

  test('is valid for a shell with every combination of nothing and something', () => {
    for (const problems of [[], [logs], [logs, images]]) {
      const result = spawnSync('/bin/sh', ['-n', '-c', composeProbe(problems).script], { encoding: 'utf8' });

      expect(result).toMatchObject({ status: 0, stderr: '' });
    }
  });

  test('leaves the explanations of the prelude at home, and no line of its code', () => {
    const { script } = composeProbe([]);
    const code = prelude.split('\n').filter((line) => line.trim() !== '' && !line.trim().startsWith('#'));

    expect(script).not.toMatch(/^\s*#/m);
    expect(script.split('\n').slice(1, 1 + code.length)).toEqual(code);
    // Lines that begin with # inside a here-document would be code.
    expect(prelude).not.toContain('<<');
  });

  test.each(['a b', '$(reboot)', "a';reboot", '', 'A', '-a'])('takes no name that could be shell text: %j', (name) => {
    expect(() => composeProbe([probeOf('true', [], name)])).toThrow('cannot name a problem or a section');
    expect(() => composeProbe([probeOf('true', [name])])).toThrow('cannot name a problem or a section');
  });
});
