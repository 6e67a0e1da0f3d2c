import type { ExecRequest } from '../transport.ts';

/** Why a run is given up from here. */
export type Stop = 'timed-out' | 'interrupted';

export interface StopWatch {
  readonly happened: Promise<Stop>;
  readonly forget: () => void;
}

export function watchForStop({ timeoutMs, signal }: Pick<ExecRequest, 'timeoutMs' | 'signal'>): StopWatch {
  const { promise, resolve } = Promise.withResolvers<Stop>();
  const interrupt = (): void => resolve('interrupted');
  const timer = setTimeout(() => resolve('timed-out'), timeoutMs);
  signal?.addEventListener('abort', interrupt, { once: true });
  return {
    happened: promise,
    forget: () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', interrupt);
    },
  };
}
