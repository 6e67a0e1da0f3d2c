import { describe, expect, test } from 'vitest';
import { runLocalProgram, type LocalProgramEnd } from './local-program.ts';

const environment = { PATH: '/usr/bin:/bin', WORD: 'two words; $(id)' };
const sh = (script: string, more: Partial<Parameters<typeof runLocalProgram>[0]> = {}): Promise<LocalProgramEnd> =>
  runLocalProgram({ program: 'sh', args: ['-c', script], environment, ...more });

describe('a program of this machine', () => {
  test('gets its words, its input and its environment, and nothing of ours', async () => {
    const { exitCode, stdout, stderr } = await runLocalProgram({
      program: 'sh',
      args: ['-c', 'echo "$1|$WORD|${HOME:-none}"; cat; echo bad >&2; exit 7', 'sh', '$(id)'],
      environment,
      input: 'in\n',
    });
    expect({ exitCode, stdout: stdout.toString(), stderr: stderr.toString() }).toEqual({
      exitCode: 7,
      stdout: '$(id)|two words; $(id)|none\nin\n',
      stderr: 'bad\n',
    });
  });

  test('is told from one that a signal ended', async () => {
    expect((await sh('kill -TERM $$')).exitCode).toBe(143);
    expect((await sh('kill -KILL $$')).exitCode).toBe(137);
  });

  test('that is not there is an error', async () => {
    await expect(runLocalProgram({ program: '/nonexistent/x', args: [], environment })).rejects.toMatchObject({
      code: 'ENOENT',
    });
  });

  test('is heard as it speaks; only the end is kept', async () => {
    let heard = 0;
    const { stdout } = await sh('i=0; while [ $i -lt 2000 ]; do printf "%099d\n" $i; i=$((i+1)); done', {
      keepBytes: 1_000,
      onOutput: (_stream, bytes) => void (heard += bytes.length),
    });
    expect(heard).toBe(200_000);
    expect(stdout.length).toBe(1_000);
    expect(stdout.toString()).toMatch(/1999\n$/);
  });

  test('that does not read its input, however much that is, is not a failure', async () => {
    expect((await sh('exec <&-; exit 0', { input: Buffer.alloc(1_000_000) })).exitCode).toBe(0);
  });

  test('is asked to stop by an interrupt, and waited for', async () => {
    const controller = new AbortController();
    const { exitCode, stdout } = await sh(
      'trap "echo stopping; exit 9" TERM; echo ready; while :; do sleep 0.05; done',
      {
        signal: controller.signal,
        onOutput: (_stream, bytes) => bytes.toString().startsWith('ready') && controller.abort(),
      },
    );
    expect({ exitCode, said: stdout.toString() }).toEqual({ exitCode: 9, said: 'ready\nstopping\n' });
  });

  test('that takes too long is ended, with what it started', async () => {
    const started = performance.now();
    const { exitCode } = await sh('sleep 60 & sleep 60', { limitMs: 200 });
    expect(exitCode).toBe(137);
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});
