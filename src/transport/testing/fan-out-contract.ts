import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NodemendError } from '../../errors/nodemend-error.ts';
import { fanOut, fanOutLimits } from '../fan-out.ts';
import type { ProgressReport } from '../progress.ts';
import type { NodeConnection, NodeTarget, Transport } from '../transport.ts';
import { uniqueSeconds } from './execution-fixture.ts';

export interface FanOutFixture {
  readonly transport: Transport;
  /** This many nodes that answer, or as many as there are. */
  readonly targets: (count: number) => readonly NodeTarget[];
  /** How many processes on all nodes together have the text among their arguments. */
  readonly processesWith: (text: string) => number | Promise<number>;
  readonly close: () => Promise<void>;
}

const usual = { privilege: 'root', timeoutMs: 60_000, maxOutputBytes: 1000 } as const;

/** Many nodes at once. */
export function describeFanOut(name: string, create: () => Promise<FanOutFixture>): void {
  describe(`many nodes over ${name}`, () => {
    let fixture: FanOutFixture;
    beforeAll(async () => {
      fixture = await create();
    });
    afterAll(() => fixture.close());

    it('are reached, 300 of them or all', async () => {
      const targets = fixture.targets(300);
      const reports: ProgressReport[] = [];
      const options = {
        limits: fanOutLimits(fixture.transport.kind),
        signal: new AbortController().signal,
        onProgress: (report: ProgressReport) => void reports.push(report),
      };
      const results = await fanOut(
        fixture.transport,
        targets,
        (connection, target) => greet(connection, target.name),
        options,
      );
      expect(results.filter(({ outcome }) => outcome.state === 'failed').map(({ outcome }) => outcome)).toEqual([]);
      expect(results.map(({ outcome }) => outcome)).toEqual(
        targets.map((target) => ({ state: 'done', value: `hello ${target.name}` })),
      );
      expect(reports.at(-1)).toEqual({ done: targets.length, total: targets.length, slowest: [] });
    }, 180_000);

    it('give what arrived when the rest is interrupted, and keep no process', async () => {
      const seconds = uniqueSeconds();
      const controller = new AbortController();
      const { signal } = controller;
      const targets = fixture.targets(24);
      let quick = 0;
      const work = async (connection: NodeConnection, target: NodeTarget): Promise<string> => {
        if (targets.indexOf(target) % 2 === 0) {
          const answer = await greet(connection, target.name);
          if ((quick += 1) === targets.length / 2) setTimeout(() => controller.abort(), 300);
          return answer;
        }
        await connection.exec({ ...usual, script: 'sleep "$1" & sleep "$1"; echo never', args: [seconds], signal });
        return 'never';
      };
      const results = await fanOut(fixture.transport, targets, work, {
        limits: fanOutLimits(fixture.transport.kind),
        signal,
      });
      const expected = targets.map(({ name: node }, index) =>
        index % 2 === 0 ? { state: 'done', value: `hello ${node}` } : { state: 'interrupted' },
      );
      expect(results.map(({ outcome }) => outcome)).toEqual(expected);
      expect(await fixture.processesWith(seconds)).toBe(0);
    }, 60_000);

    it('are told apart from those whose script fails', async () => {
      const work = async (connection: NodeConnection, target: NodeTarget): Promise<number> => {
        if (target === targets[1]) throw new NodemendError('COMMAND_TIMED_OUT', { node: target.name, seconds: 1 });
        return (await connection.exec({ ...usual, script: 'exit 9', args: [] })).exitCode;
      };
      const targets = fixture.targets(3);
      const others = targets.slice(2).map(() => ({ value: 9 }));
      const results = await fanOut(fixture.transport, targets, work, {
        limits: fanOutLimits(fixture.transport.kind),
        signal: new AbortController().signal,
      });
      expect(results.map(({ outcome }) => outcome)).toMatchObject([
        { value: 9 },
        { state: 'failed', error: { code: 'COMMAND_TIMED_OUT' } },
        ...others,
      ]);
    });
  });
}

async function greet(connection: NodeConnection, name: string): Promise<string> {
  const { stdout } = await connection.exec({ ...usual, script: 'printf "hello %s" "$1"', args: [name] });
  return Buffer.from(stdout).toString();
}
