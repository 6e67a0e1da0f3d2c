import { describe, expect, it } from 'vitest';
import type { KillPoint } from '../../../test/chroot/killing-tools.ts';
import { deathsDuring, type Deaths } from './deaths.ts';

/** A work that is known by how many programs it starts each time; the last number stays. */
class FakeWork {
  readonly points: KillPoint[] = [];
  private readonly counts: number[];
  private readonly kills: (point: KillPoint) => boolean;
  private starts = 0;
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
        calls: () => this.starts,
        hasKilled: () => this.killed,
      },
      every: 7,
      sides: ['after'],
      before: async () => {},
      work: async () => {
        this.starts = (this.counts.length > 1 ? this.counts.shift() : this.counts[0]) ?? 0;
        const point = this.points.at(-1) ?? { at: 0, when: 'before' };
        this.killed = point.at > 0 && point.at <= this.starts && this.kills(point);
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
    expect(work.points.slice(1).map(({ at, when }) => `${when} ${at}`)).toEqual(
      [1, 8, 15].flatMap((at) => [`before ${at}`, `after ${at}`]),
    );
  });

  it('kills half-way through a work that had fewer programs than when they were counted', async () => {
    const work = new FakeWork([15, 15, 15, 12]);
    expect(await work.deaths()).toBe(3);
    expect(work.points.slice(3)).toEqual([
      { at: 15, when: 'after' },
      { at: 6, when: 'before' },
    ]);
  });

  it('kills before a program that never ended by itself', async () => {
    const work = new FakeWork([15], ({ at, when }) => at !== 8 || when === 'before');
    expect(await work.deaths()).toBe(3);
    expect(work.points.slice(2, 4)).toEqual([
      { at: 8, when: 'after' },
      { at: 8, when: 'before' },
    ]);
  });

  it('fails for one place that cannot be brought to kill, whatever the others did', async () => {
    await expect(new FakeWork([15], ({ at }) => at !== 15).deaths()).rejects.toThrow(
      'nothing was killed after program 15',
    );
  });

  it('fails where hardly any program is started', async () => {
    await expect(new FakeWork([9]).deaths()).rejects.toThrow();
  });
});
