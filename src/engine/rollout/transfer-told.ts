import type { RunSession } from './session.ts';

const everyMs = 1_000;

/** Tells how far what is brought to a node has come: at once, each second, and at the end. */
export function transferTold(
  { emit, timing }: Pick<RunSession, 'emit' | 'timing'>,
  place: { readonly node: string; readonly action: string },
): (bytes: number, of: number) => void {
  let first: { readonly at: number; readonly bytes: number } | undefined;
  let told: number | undefined;
  return (bytes, of) => {
    const now = timing.monotonicMs();
    first ??= { at: now, bytes };
    if (told !== undefined && now - told < everyMs && bytes < of) return;
    told = now;
    const seconds = (now - first.at) / 1000;
    const bytesPerSecond = seconds === 0 ? 0 : Math.max(Math.round((bytes - first.bytes) / seconds), 0);
    emit({ event: 'transfer', ...place, bytes, of, bytesPerSecond });
  };
}
