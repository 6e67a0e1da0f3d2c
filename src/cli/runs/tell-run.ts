import { RunTimeline } from '../../app/runs/run-timeline.ts';
import type { Session } from '../../app/session/session.ts';
import type { RunDependencies } from '../../engine/rollout/run-request.ts';
import type { RunEvent } from '../../engine/run.ts';
import type { CommandContext } from '../command-context.ts';
import type { Sink } from '../render/output.ts';
import { redrawn, type Redrawn } from '../render/redrawn.ts';
import { contextFor } from '../render/render-context.ts';
import { createRunView } from '../render/run/events.ts';
import { createRunLog } from '../render/run/log.ts';
import { timelineLines } from '../render/run/timeline.ts';

/** Tells on standard error what happens in a run, and where events were asked for those as well. */
export function tellRun(
  { output: { notes }, tellEvent, now }: CommandContext,
  { texts }: Session,
  { verbose = false }: { readonly verbose?: boolean | undefined },
): RunDependencies['onEvent'] {
  const context = contextFor(notes, texts);
  const live = notes.terminal ? new LiveTimeline(notes, texts, now) : undefined;
  const view = live ? createRunView(context, { verbose }) : createRunLog(context, { verbose, now });
  return (event) => {
    tellEvent?.(event);
    const text = view.tell(event);
    if (live) live.tell(event, text);
    else notes.write(text);
  };
}

const everyMs = 1_000;

/** The lines that stay, and below them the timeline, which is drawn again each second as long as the run goes on. */
class LiveTimeline {
  private readonly notes: Sink;
  private readonly texts: Session['texts'];
  private readonly now: () => Date;
  private readonly timeline = new RunTimeline();
  private display: Redrawn | undefined;
  private timer: NodeJS.Timeout | undefined;
  private isOver = false;

  constructor(notes: Sink, texts: Session['texts'], now: () => Date) {
    this.notes = notes;
    this.texts = texts;
    this.now = now;
  }

  tell(event: RunEvent, text: string): void {
    this.timeline.tell(event, this.now().getTime());
    if (text !== '') {
      this.display?.clear();
      this.notes.write(text);
    }
    if (event.event === 'ended') this.end();
    else if (!this.isOver && this.timeline.isWatched()) this.draw();
  }

  private draw(): void {
    if (this.timer === undefined) {
      // It ends with the process at the latest: an error that ends the run is told behind it.
      this.timer = setInterval(() => this.draw(), everyMs);
      this.timer.unref();
      void redrawn(this.notes).then((display) => {
        if (!this.isOver) this.display = display;
      });
    }
    this.display?.show(this.lines());
  }

  /** What each node took stays on the terminal, above the result. */
  private end(): void {
    this.isOver = true;
    clearInterval(this.timer);
    this.display?.clear();
    this.notes.write(
      this.lines()
        .map((line) => `${line}\n`)
        .join(''),
    );
  }

  private lines(): readonly string[] {
    return timelineLines(this.timeline, this.now().getTime(), contextFor(this.notes, this.texts));
  }
}
