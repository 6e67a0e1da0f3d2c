import { transferTold } from '../../../engine/rollout/transfer-told.ts';
import { systemTiming } from '../../../kubernetes/timing.ts';
import type { Texts } from '../../../app/texts/texts.ts';
import type { Sink } from '../output.ts';
import { redrawn, type Redrawn } from '../redrawn.ts';
import { contextFor } from '../render-context.ts';
import { transferWords } from './transfer.ts';

const logEveryMs = 10_000;

export interface TransferProgress {
  readonly tell: (bytes: number, of: number) => void;
  readonly end: () => void;
}

/** How far one transfer is: a line that is drawn again on a terminal, elsewhere one each ten seconds. */
export function transferProgress(notes: Sink, texts: Texts, now: () => Date): TransferProgress {
  let display: Redrawn | undefined;
  let isOver = false;
  let last = now().getTime();
  if (notes.terminal)
    void redrawn(notes).then((made) => {
      display = made;
      if (isOver) made.clear();
    });
  const show = (line: string): void => {
    if (notes.terminal) return display?.show([line]);
    const at = now().getTime();
    if (at - last < logEveryMs) return undefined;
    last = at;
    notes.write(`${line}\n`);
  };
  const tell = transferTold(
    {
      timing: systemTiming,
      emit: (event) => {
        if (event.event === 'transfer' && !isOver) show(transferWords(event, contextFor(notes, texts)));
      },
    },
    { node: '', action: '' },
  );
  return {
    tell,
    end: () => {
      isOver = true;
      display?.clear();
    },
  };
}
