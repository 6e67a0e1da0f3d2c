import type { RunSession } from './session.ts';

const everyMs = 1_000;
/** Long enough that one chunk more or less does not count, short enough that a link that became slow is seen. */
const rateOverMs = 10_000;

/** Tells how far what is brought to a node has come: at once, each second, and at the end. */
export function transferTold(
  { emit, timing }: Pick<RunSession, 'emit' | 'timing'>,
  place: { readonly node: string; readonly action: string },
): (bytes: number, of: number) => void {
  /** In the time that the rate is of, and the last one before it where nothing was told since. */
  let told: readonly { readonly at: number; readonly bytes: number; readonly isAll: boolean }[] = [];
  return (bytes, of) => {
    const at = timing.monotonicMs();
    const isAll = bytes >= of;
    const last = told.at(-1);
    if (last !== undefined && (isAll ? last.isAll : at - last.at < everyMs)) return;
    const recent = told.filter((one) => at - one.at <= rateOverMs);
    told = [...(recent.length === 0 ? told.slice(-1) : recent), { at, bytes, isAll }];
    const [first = { at, bytes }] = told;
    const seconds = (at - first.at) / 1000;
    const bytesPerSecond = seconds === 0 ? 0 : Math.max(Math.round((bytes - first.bytes) / seconds), 0);
    emit({ event: 'transfer', ...place, bytes, of, bytesPerSecond });
  };
}
