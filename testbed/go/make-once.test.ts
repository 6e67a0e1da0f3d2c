import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { processId } from '../../lab/processes.ts';
import { clearAbandoned, makeOnce, type Workshop } from './make-once.ts';
import { runMaker } from './run-maker.ts';

let cache: string;
beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), 'nodemend-cache-'));
});
afterEach(() => rmSync(cache, { recursive: true }));

const shell = (workshop: Workshop, script: string, signal?: AbortSignal): Promise<void> =>
  runMaker(workshop, {
    program: '/bin/sh',
    args: ['-c', script],
    cwd: workshop.result,
    environment: process.env,
    signal,
  });

test('made by the first who asks, found by the others, and nothing else is in the cache', async () => {
  const make = vi.fn(async (workshop: Workshop) => shell(workshop, 'echo made >program'));
  const folder = await makeOnce(cache, 'one', make);
  expect(await makeOnce(cache, 'one', make)).toBe(folder);
  expect(make).toHaveBeenCalledTimes(1);
  expect(readFileSync(join(folder, 'program'), 'utf8')).toBe('made\n');
  expect(readdirSync(cache)).toEqual(['one']);
});

test('two at once make it twice, and it is whole', async () => {
  const folders = await Promise.all(
    [1, 2].map(async () =>
      makeOnce(cache, 'one', async (workshop) => shell(workshop, 'sleep 0.1; echo made >program')),
    ),
  );
  expect(new Set(folders).size).toBe(1);
  expect(readdirSync(cache)).toEqual(['one']);
});

test('one that fails leaves nothing, and says what it said', async () => {
  await expect(
    makeOnce(cache, 'one', async (workshop) =>
      shell(workshop, 'echo half >program; echo "no such module" >&2; exit 3'),
    ),
  ).rejects.toThrow(/ended with 3:\nno such module$/);
  expect(readdirSync(cache)).toEqual([]);
});

test('aborting ends it, what it has started included, and throws the reason', async () => {
  const abort = new AbortController();
  const reason = new Error('Ctrl-C');
  const made = makeOnce(cache, 'one', async (workshop) =>
    shell(workshop, 'sleep 60 & echo $! >../pid; wait', abort.signal),
  );
  const failed = expect(made).rejects.toBe(reason);
  const pid = await pidIn(cache);
  abort.abort(reason);
  await failed;
  expect(processId(pid)).toBeUndefined();
  expect(readdirSync(cache)).toEqual([]);
});

test('what a maker that was killed has begun is ended and cleared away; what another makes just now is not', async () => {
  const maker = join(cache, 'maker.ts');
  const import_ = (file: string): string => JSON.stringify(join(import.meta.dirname, file));
  writeFileSync(
    maker,
    `
    import { makeOnce } from ${import_('make-once.ts')};
    import { runMaker } from ${import_('run-maker.ts')};
    await makeOnce(${JSON.stringify(join(cache, 'c'))}, 'one', (workshop) =>
      runMaker(workshop, { program: '/bin/sh', args: ['-c', 'sleep 60 & echo $! >../pid; wait'], cwd: workshop.result, environment: process.env }));
  `,
  );
  const child = fork(maker);
  const pid = await pidIn(join(cache, 'c'));
  await clearAbandoned(join(cache, 'c'));
  expect(processId(pid)).toBeDefined();
  child.kill('SIGKILL');
  await once(child, 'exit');
  await clearAbandoned(join(cache, 'c'));
  expect(processId(pid)).toBeUndefined();
  expect(readdirSync(join(cache, 'c'))).toEqual([]);
});

/** Of the process that a maker has started, which it writes beside its result. */
async function pidIn(folder: string): Promise<number> {
  const pid = (): number => {
    const [workshop] = existsSync(folder) ? readdirSync(folder).filter((name) => name.startsWith('.one.')) : [];
    const file = join(folder, workshop ?? '', 'pid');
    return workshop !== undefined && existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
  };
  return vi.waitUntil(pid, { timeout: 10_000 });
}
