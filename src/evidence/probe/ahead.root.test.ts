import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createPrivateRoot, type PrivateRoot } from '../../../test/private-root.ts';
import type { Fact } from '../fact.ts';
import { frameOf, sentOf, shells, startProbe, textOf, type ProbeRun } from './testing/run-probe.ts';

/** Sections that are run in the process that looks ahead (learn.sh): what is sent is the same. */
let root: PrivateRoot;
beforeAll(async () => {
  root = await createPrivateRoot();
});
beforeEach(() => {
  root.run('rm -f /srv/runs');
});
afterAll(() => root.close());

/** Each notes that it was run, and in which process. */
function fact(name: string, body: string, seconds = 3, bytes = 1000): Fact {
  return {
    key: `demo/${name}`,
    ahead: true,
    script: `demo_${name}() { read -r demo_own _ </proc/self/stat; echo "${name} $demo_own" >>/srv/runs
${body}
}
section demo/${name} ${seconds} ${bytes} demo_${name}
`,
    parse: () => undefined,
  };
}

const run = async (shell: readonly string[], ...facts: readonly Fact[]): Promise<ProbeRun> =>
  startProbe(root.enter, shell, facts).done;

/** How often each was run, and in how many processes all of them. */
function runs(): { readonly times: Readonly<Record<string, number>>; readonly processes: number } {
  const lines = root
    .run('cat /srv/runs')
    .trim()
    .split('\n')
    .map((line) => line.split(' '));
  const times: Record<string, number> = {};
  for (const [name = ''] of lines) times[name] = (times[name] ?? 0) + 1;
  return { times, processes: new Set(lines.map(([, pid]) => pid)).size };
}

describe.each(shells.map((shell) => ({ shell })))('under $shell', ({ shell }) => {
  test('they share one process, and each finds the shell as it is at a beginning', async () => {
    const look = `printf '%s\n' "$PWD" a:b /etc/host*; set -- $demo_words; echo $#`;
    const result = await run(
      shell,
      fact(
        'a',
        `demo_words='x y:z'; cd /srv; IFS=:; set -f; ${look.replaceAll('/etc', '/srv')}; echo oh >&2; return 77`,
      ),
      fact('b', look),
    );

    expect(runs()).toEqual({ times: { a: 1, b: 1 }, processes: 1 });
    expect(frameOf(result, 'demo/a')).toMatchObject({ exitCode: 77, status: 'ended', errors: Buffer.from('oh\n') });
    expect(frameOf(result, 'demo/b')).toMatchObject({ exitCode: 0, status: 'ended', errors: Buffer.alloc(0) });
    const [folder, ...rest] = textOf(result, 'demo/b').trim().split('\n');
    expect(folder).toBe('/');
    expect(rest).toContain('/etc/hosts');
    expect(rest.at(-1)).toBe('2');
    expect(result.reply.complete).toBe(true);
  });

  test('one that leaves the process costs itself and those behind it a second time, and nobody an answer', async () => {
    const result = await run(shell, fact('a', 'echo one'), fact('b', 'echo two; exit 5'), fact('c', 'exec echo three'));

    expect(runs().times).toEqual({ a: 1, b: 2, c: 1 });
    expect(frameOf(result, 'demo/b')).toMatchObject({ exitCode: 5, status: 'ended' });
    expect(['a', 'b', 'c'].map((name) => textOf(result, `demo/${name}`))).toEqual(['one\n', 'two\n', 'three\n']);
  });

  test('what is over its own cap is cut, and said to be', async () => {
    const endless = 'while :; do echo 0123456789012345678901234567890123456789 || return 0; done 2>/dev/null';
    const result = await run(shell, fact('a', 'head -c 5000 /dev/zero'), fact('b', endless, 3, 262_144));

    expect(frameOf(result, 'demo/a')).toMatchObject({ status: 'truncated', output: Buffer.alloc(1000) });
    expect(frameOf(result, 'demo/b').status).toBe('truncated');
    expect(frameOf(result, 'demo/b').output).toHaveLength(262_144);
    expect(runs().times).toEqual({ a: 1, b: 1 });
  });
});

test('one that hangs takes its own time in its turn; what came before it is kept, and what comes behind it is run', async () => {
  const result = await run(
    ['dash'],
    fact('a', 'echo one'),
    fact('b', 'echo begun; sleep 300', 2),
    fact('c', 'echo three'),
  );

  expect(runs().times).toEqual({ a: 1, b: 2, c: 1 });
  expect(frameOf(result, 'demo/b').status).toBe('timed-out');
  expect(['a', 'b', 'c'].map((name) => sentOf(result, `demo/${name}`))).toEqual(['one\n', 'begun\n', 'three\n']);
  expect(root.run('pgrep -x sleep || :')).toBe('');
});

test('where the scratch folder is too small for one of them, it is unknown, and the next one is not', async () => {
  const script = 'mount --make-rprivate /; mount -t tmpfs -o size=128k none /run; exec "$@"';
  const enter = [...root.enter, 'unshare', '--mount', 'sh', '-c', script, 'sh'];
  const facts = [fact('a', 'head -c 500000 /dev/zero', 3, 1_000_000), fact('b', 'echo here')];
  const result = await startProbe(enter, ['dash'], facts).done;

  expect(frameOf(result, 'demo/a').status).toBe('scratch-full');
  expect(textOf(result, 'demo/a')).toBe('');
  expect(textOf(result, 'demo/b')).toBe('here\n');
  expect(result.reply.complete).toBe(true);
});
