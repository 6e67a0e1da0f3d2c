import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StreamedInput } from '../transport.ts';
import { uniqueSeconds, waitForProcesses, type ExecutionFixture, type LoginFixture } from './execution-fixture.ts';
import { ask, askRaw, withConnection, type Place } from './place.ts';
import { describeRoot, describeSudo } from './root-contract.ts';

/** All 256 bytes, newlines and NUL among them, ending in newlines: what shells and text tools lose. */
const everyByte = Buffer.concat([Buffer.from(Array.from({ length: 256 }, (_, index) => index)), Buffer.from('\n\n\n')]);

/** What every transport that logs in does with a script on a node it has reached. */
export function describeExecution(name: string, create: () => Promise<LoginFixture>): void {
  describe(`a script over ${name}`, () => {
    let fixture: LoginFixture;
    beforeAll(async () => {
      fixture = await create();
    });
    afterAll(() => fixture?.close());
    describeScripts(() => fixture);
    describeRoot(() => fixture);
    describeSudo(() => fixture);
  });
}

/** The same without the users, for one that is root wherever it gets. */
export function describeRootExecution(name: string, create: () => Promise<ExecutionFixture>): void {
  describe(`a script over ${name}`, () => {
    let fixture: ExecutionFixture;
    beforeAll(async () => {
      fixture = await create();
    });
    afterAll(() => fixture?.close());
    describeScripts(() => fixture);
    describeRoot(() => fixture);
  });
}

function describeScripts(current: () => ExecutionFixture): void {
  describe('as it was written', () => {
    let fixture: ExecutionFixture;
    let place: Place;
    beforeAll(() => {
      fixture = current();
      place = fixture.root;
    });

    const leavesNothing = (text: string): Promise<void> => waitForProcesses(fixture, text, 'none');
    const runs = (text: string): Promise<void> => waitForProcesses(fixture, text, 'some');

    it('gives both outputs and its exit code', async () => {
      expect(await ask(place, { script: 'echo out; echo err >&2; exit 0' })).toMatchObject({
        exitCode: 0,
        stdout: 'out\n',
        stderr: 'err\n',
        truncated: false,
      });
    });

    it.each([1, 2, 3, 77, 124, 126, 127, 130, 137, 254, 255])('may exit %i', async (code) => {
      expect(await ask(place, { script: 'exit "$1"', args: [String(code)] })).toMatchObject({
        exitCode: code,
        stdout: '',
        stderr: '',
      });
    });

    it('may be ended by a signal: 128 and its number', async () => {
      expect(await ask(place, { script: 'echo before; kill -TERM "$$"; sleep 60' })).toMatchObject({
        exitCode: 143,
        stdout: 'before\n',
      });
      expect(await ask(place, { script: 'kill -KILL "$$"; sleep 60' })).toMatchObject({ exitCode: 137 });
    });

    it('gives every byte as it was', async () => {
      const { stdout } = await askRaw(place, { script: 'cat', input: everyByte });
      expect(Buffer.from(stdout).equals(everyByte)).toBe(true);
    });

    it('gives the beginning of an output that is over the cap, and reads the rest', async () => {
      const script = 'head -c 6000000 /dev/zero; head -c 6000000 /dev/zero >&2; exit 4';
      const { stdout, stderr, ...rest } = await askRaw(place, { script, maxOutputBytes: 1000 });
      expect([stdout.length, stderr.length, rest.truncated, rest.exitCode]).toEqual([1000, 1000, true, 4]);
    });

    it('is not truncated at exactly the cap', async () => {
      expect(await ask(place, { script: 'printf 12345', maxOutputBytes: 5 })).toMatchObject({
        stdout: '12345',
        truncated: false,
      });
      expect(await ask(place, { script: 'printf 12345', maxOutputBytes: 4 })).toMatchObject({
        stdout: '1234',
        truncated: true,
      });
    });

    it('hands its output on as it comes, so that what came before it was ended is kept', async () => {
      const arrived: Uint8Array[] = [];
      const seconds = uniqueSeconds();
      const script = 'printf "%s" early; head -c 100000 /dev/zero | tr "\\0" x; echo; sleep "$1"';
      const request = {
        script,
        args: [seconds],
        privilege: 'none',
        timeoutMs: 5_000,
        maxOutputBytes: 1_000,
        onStdout: (chunk: Uint8Array) => arrived.push(chunk),
      } as const;
      await withConnection(place, async (connection) => {
        await expect(connection.exec(request)).rejects.toMatchObject({ code: 'COMMAND_TIMED_OUT' });
      });
      expect(Buffer.concat(arrived).toString()).toBe(`early${'x'.repeat(995)}`);
      await leavesNothing(`sleep ${seconds}`);
    });

    it('has an empty standard input when it is given none', async () => {
      expect(await ask(place, { script: 'cat; wc -c; echo end' })).toMatchObject({
        exitCode: 0,
        stdout: expect.stringMatching(/^\s*0\nend\n$/) as string,
      });
    });

    it('reads its input, which follows it, and nothing of itself', async () => {
      const input = Buffer.concat([Buffer.from('first line\n'), everyByte]);
      const { stdout } = await askRaw(place, { script: 'IFS= read -r line; echo "[$line]"; cat', input });
      expect(Buffer.from(stdout).equals(Buffer.concat([Buffer.from('[first line]\n'), everyByte]))).toBe(true);
    });

    it('reads a megabyte of input', async () => {
      const input = Buffer.alloc(1 << 20, everyByte);
      const { stdout } = await ask(place, { script: 'sha256sum', input });
      expect(stdout.split(' ')[0]).toBe(createHash('sha256').update(input).digest('hex'));
    });

    it('need not read its input', async () => {
      expect(await ask(place, { script: 'echo done', input: Buffer.alloc(3 << 20, 'x\n') })).toMatchObject({
        exitCode: 0,
        stdout: 'done\n',
      });
    });

    it('reads an input that comes in pieces, or need not', async () => {
      const piece = Buffer.alloc(1 << 20, everyByte);
      const streamed = (): StreamedInput => ({
        length: 12 * piece.length,
        chunks: (async function* chunks(): AsyncGenerator<Uint8Array> {
          for (let count = 0; count < 12; count++) yield piece;
        })(),
      });
      expect(await ask(place, { script: 'wc -c; echo end', streamedInput: streamed() })).toMatchObject({
        stdout: expect.stringMatching(/^\s*12582912\nend\n$/u) as string,
      });
      expect(await ask(place, { script: 'echo done', streamedInput: streamed() })).toMatchObject({ stdout: 'done\n' });
    });

    it('is ended when the rest of its input cannot be had', async () => {
      const seconds = uniqueSeconds();
      const chunks = async function* chunks(): AsyncGenerator<Uint8Array> {
        // What passes it on in a pod does so by its buffers.
        yield Buffer.alloc(16 * 1024);
        await runs(`sleep ${seconds}`);
        throw new Error('the source is gone');
      };
      const request = { script: 'sleep "$1"', args: [seconds], streamedInput: { length: 32 * 1024, chunks: chunks() } };
      await expect(ask(place, request)).rejects.toThrow('the source is gone');
      await leavesNothing(`sleep ${seconds}`);
    });

    it('gets its arguments as they are', async () => {
      const text = fc
        .string({ unit: 'binary', maxLength: 30 })
        .map((value) => value.toWellFormed().replaceAll('\0', ''));
      const hostile = fc.constantFrom(
        '',
        ' ',
        "'",
        '"',
        '$HOME',
        '`id`',
        '\\',
        '!!',
        '!',
        '*',
        '~',
        '-n',
        '--',
        '\n',
        'a\nb\n',
        '%',
        '^',
        '{a,b}',
        '#',
        ';',
        '&',
        '\t',
        '\r',
        '\x01',
        '\x7f',
      );
      await withConnection(place, async (connection) => {
        const property = fc.asyncProperty(fc.array(fc.oneof(text, hostile), { maxLength: 6 }), async (args) => {
          const request = {
            script: `for value in "$@"; do printf '%s\\0' "$value"; done`,
            args,
            privilege: 'none',
            timeoutMs: 20_000,
            maxOutputBytes: 1 << 16,
          } as const;
          const { stdout } = await connection.exec(request);
          expect(Buffer.from(stdout).toString('utf8')).toBe(args.map((value) => `${value}\0`).join(''));
        });
        await fc.assert(property, { numRuns: 40 });
      });
    });

    it('refuses an argument that none can hold', async () => {
      await expect(ask(place, { script: ':', args: ['a\0b'] })).rejects.toMatchObject({
        code: 'COMMAND_ARGUMENT_UNUSABLE',
      });
    });

    it('may be long', async () => {
      const script = `${'# a comment that only takes room\n: some words\n'.repeat(3000)}echo "at the end"`;
      expect(await ask(place, { script })).toMatchObject({ exitCode: 0, stdout: 'at the end\n' });
      expect(await ask(place, { script: `${script.slice(-20_000)}; cat`, input: Buffer.from('input') })).toMatchObject({
        stdout: 'at the end\ninput',
      });
    });

    it('has a shell, a PATH and a locale of its own', async () => {
      const script = 'trap "echo trapped" EXIT; trap "exit 3" USR1; kill -USR1 "$$"; sleep 60';
      expect(await ask(place, { script })).toMatchObject({ exitCode: 3, stdout: 'trapped\n' });
      const { stdout } = await ask(place, { script: 'set -u; echo "$PATH $LC_ALL ${text-unset} ${line-unset} $#"' });
      expect(stdout).toBe('/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/sbin:/usr/local/bin C unset unset 0\n');
    });

    it('is not run when it is malformed', async () => {
      const { exitCode, stderr } = await ask(place, { script: 'if true; then' });
      expect(exitCode).toBeGreaterThan(0);
      expect(stderr).toMatch(/syntax error/i);
    });

    it('may leave a process behind that holds the outputs open', async () => {
      const seconds = uniqueSeconds();
      const started = performance.now();
      expect(await ask(place, { script: 'sleep "$1" & echo done', args: [seconds] })).toMatchObject({
        exitCode: 0,
        stdout: 'done\n',
      });
      // Who waited for the outputs would be ended after twenty.
      expect(performance.now() - started).toBeLessThan(15_000);
      await runs(seconds);
      await ask(place, { script: 'pkill -f "slee[p] $1" || :', args: [seconds] });
    });

    it('is ended when it hangs, with all that it started', async () => {
      const seconds = uniqueSeconds();
      const hang = ask(place, {
        script: 'trap "" TERM; sleep "$1" & sleep "$1"; sleep "$1"',
        args: [seconds],
        timeoutMs: 1000,
      });
      await expect(hang).rejects.toMatchObject({ code: 'COMMAND_TIMED_OUT', params: { seconds: 1 } });
      await leavesNothing(seconds);
    });

    it('may clean up when it is ended', async () => {
      const seconds = uniqueSeconds();
      const script = 'touch "/tmp/left-$1"; trap \'rm "/tmp/left-$1"\' EXIT; trap "exit 1" TERM; sleep "$1"';
      await expect(ask(place, { script, args: [seconds], timeoutMs: 700 })).rejects.toMatchObject({
        code: 'COMMAND_TIMED_OUT',
      });
      expect(await ask(place, { script: 'ls "/tmp/left-$1" 2>&1 || :', args: [seconds] })).toMatchObject({
        stdout: expect.stringContaining('No such file') as string,
      });
    });

    it('is ended when it is interrupted, with all that it started', async () => {
      const seconds = uniqueSeconds();
      const controller = new AbortController();
      const hang = ask(place, { script: 'sleep "$1" & wait', args: [seconds], signal: controller.signal });
      const rejected = expect(hang).rejects.toMatchObject({ code: 'COMMAND_INTERRUPTED' });
      await runs(seconds);
      controller.abort();
      await rejected;
      await leavesNothing(seconds);
    });

    it('is ended whenever it is interrupted', async () => {
      await withConnection(place, async (connection) => {
        const seconds = uniqueSeconds();
        for (const delay of [0, 3, 6, 10, 15, 25, 50]) {
          const signal = AbortSignal.timeout(delay);
          const running = connection.exec({
            script: 'sleep "$1"',
            args: [seconds],
            privilege: 'none',
            timeoutMs: 20_000,
            maxOutputBytes: 10,
            signal,
          });
          await expect(running).rejects.toMatchObject({ code: 'COMMAND_INTERRUPTED' });
        }
        await leavesNothing(seconds);
      });
    });

    it('is not begun after an interruption', async () => {
      await expect(ask(place, { script: 'echo', signal: AbortSignal.abort() })).rejects.toMatchObject({
        code: 'COMMAND_INTERRUPTED',
      });
    });

    it('runs beside others on one connection', async () => {
      await withConnection(place, async (connection) => {
        const numbers = Array.from({ length: 25 }, (_, index) => String(index));
        const request = {
          script: 'sleep 0.1; echo "$1"; cat',
          privilege: 'none',
          timeoutMs: 20_000,
          maxOutputBytes: 100,
        } as const;
        const results = await Promise.all(
          numbers.map((number) => connection.exec({ ...request, args: [number], input: Buffer.from(`in ${number}`) })),
        );
        expect(results.map(({ stdout }) => Buffer.from(stdout).toString())).toEqual(
          numbers.map((number) => `${number}\nin ${number}`),
        );
      });
    });
  });
}
