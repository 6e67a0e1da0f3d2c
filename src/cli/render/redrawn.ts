import type { Sink } from './output.ts';
import { truncate } from './width.ts';

/** Lines of a terminal that are drawn again and again, below all that stays. */
export interface Redrawn {
  readonly show: (lines: readonly string[]) => void;
  /** Takes them away, so that something else can be written. */
  readonly clear: () => void;
}

/** The library is loaded only when a line is drawn. */
export async function redrawn(notes: Sink): Promise<Redrawn> {
  const { createLogUpdate } = await import('log-update');
  const update = createLogUpdate(terminalStream(notes), { showCursor: true });
  return {
    show: (lines) => update(lines.map((line) => truncate(line, notes.width - 1)).join('\n')),
    clear: () => update.clear(),
  };
}

/** log-update writes to a stream; ours keeps its rules (width, readers that go away). */
function terminalStream(notes: Sink): NodeJS.WriteStream {
  const stream = {
    isTTY: true,
    rows: 24,
    get columns() {
      return notes.width;
    },
    write: (text: string) => {
      notes.draw(text);
      return true;
    },
  };
  return stream as unknown as NodeJS.WriteStream;
}
