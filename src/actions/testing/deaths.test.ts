import { describe, expect, it } from 'vitest';
import type { KillPoint } from '../../../test/chroot/killing-tools.ts';
import { deathsDuring, type Deaths } from './deaths.ts';

/** A work that is known by how many programs it starts each time, `cat` and `mv` in turn; the last number stays. */
class FakeWork {
  readonly points: KillPoint[] = [];
  private readonly counts: number[];
  private readonly kills: (point: KillPoint) => boolean;
  private started: readonly string[] = [];
  private killed = false;

  constructor(counts: readonly number[], kills: (point: KillPoint) => boolean = () => true) {
    this.counts = [...counts];
    this.kills = kills;
  }

  async deaths(change: Partial<Deaths> = {}): Promise<number> {
    let count = 0;
    const deaths = deathsDuring({
      tools: {
        arm: (point) => void this.points.push(point),
        disarm: () => {},
        calls: () => this.started,
        hasKilled: () => this.killed,
      },
      every: 7,
      sides: ['after'],
      before: async () => {},
      work: async () => {
        const starts = (this.counts.length > 1 ? this.counts.shift() : this.counts[0]) ?? 0;
        const point = this.points.at(-1) ?? { at: 0, when: 'before' };
        this.started = Array.from({ length: starts }, (_, index) => (index % 2 === 0 ? 'cat' : 'mv')).filter(
          (name) => point.program === undefined || point.program === name,
        );
        this.killed = point.at > 0 && point.at <= this.started.length && this.kills(point);
      },
      ...change,
    });
    for await (const _ of deaths) count += 1;
    return count;
  }
}

describe('deathsDuring', () => {
  it('kills at every n-th program, on each side', async () => {
    const work = new FakeWork([15]);
    expect(await work.deaths({ sides: ['before', 'after'] })).toBe(6);
    expect(work.points.slice(1).map(({ program, at, when }) => `${when} ${program} ${at}`)).toEqual(
      ['cat 1', 'mv 4', 'cat 8'].flatMap((call) => [`before ${call}`, `after ${call}`]),
    );
  });

  it('kills half-way through a work that had fewer programs than when they were counted', async () => {
    const work = new FakeWork([15, 15, 15, 12, 6]);
    expect(await work.deaths()).toBe(3);
    expect(work.points.slice(3)).toEqual([
      { program: 'cat', at: 8, when: 'after' },
      { at: 8, when: 'before' },
      { at: 3, when: 'before' },
    ]);
  });

  it('kills before a program that never ended by itself', async () => {
    const work = new FakeWork([15], ({ program, when }) => program !== 'mv' || when === 'before');
    expect(await work.deaths()).toBe(3);
    expect(work.points.slice(2, 4)).toEqual([
      { program: 'mv', at: 4, when: 'after' },
      { program: 'mv', at: 4, when: 'before' },
    ]);
  });

  it('fails for one place that cannot be brought to kill, whatever the others did', async () => {
    await expect(new FakeWork([15], ({ at }) => at !== 8).deaths()).rejects.toThrow(
      'nothing was killed after program 15, nor before cat 8',
    );
  });

  it('fails where hardly any program is started', async () => {
    await expect(new FakeWork([9]).deaths()).rejects.toThrow();
  });
});
