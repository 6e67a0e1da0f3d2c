import type { NodeEnding, PodLeft, RunEvent, StepPlace } from '../../engine/run.ts';

/** What a node that is rebooted goes through, in order; `change` is all that is done to it beside. */
export type Phase = 'preflight' | 'drain' | 'change' | 'reboot' | 'return' | 'soak';

/** Times are milliseconds, as `Date.now()`. */
export interface PhaseSpan {
  readonly phase: Phase;
  readonly from: number;
  /** Undefined while it goes on. */
  readonly to: number | undefined;
}

export interface NodeTimeline {
  readonly node: string;
  /** One after the other, without a gap. */
  readonly spans: readonly PhaseSpan[];
  /** Of a drain that goes on. */
  readonly podsLeft: { readonly count: number; readonly first: PodLeft | undefined } | undefined;
  /** Of what is brought to it, while it comes. */
  readonly transfer: Transfer | undefined;
  readonly ending: NodeEnding | undefined;
}

export type Transfer = Pick<Extract<RunEvent, { readonly event: 'transfer' }>, 'bytes' | 'of' | 'bytesPerSecond'>;

/** What the nodes of a run have come through so far, made from its events and the times at which they came. */
export class RunTimeline {
  private readonly nodes = new Map<string, NodeTimeline>();
  private batch: readonly string[] = [];
  private began: number | undefined;

  tell(event: RunEvent, at: number): void {
    switch (event.event) {
      case 'started':
        return this.begin(event.nodes, at);
      case 'batch':
        this.endSoak(at);
        this.batch = event.nodes;
        return;
      case 'step':
        return this.enter(event.node, phaseOf(event), at);
      case 'pods-left':
        return this.update(event.node, { podsLeft: { count: event.count, first: event.pods[0] } });
      case 'transfer':
        return this.update(event.node, { transfer: event });
      case 'node-ended':
        this.leave(event.outcome.node, at);
        return this.update(event.outcome.node, { ending: event.outcome.ending });
      case 'soak':
        return this.soak(at);
      case 'ended':
        return this.endSoak(at);
      default:
        // Nothing of the others is a node's.
        return;
    }
  }

  /** Every node of the run, those that came first in front. */
  all(): readonly NodeTimeline[] {
    const since = ({ spans }: NodeTimeline): number => spans[0]?.from ?? Number.POSITIVE_INFINITY;
    return [...this.nodes.values()].toSorted((a, b) => since(a) - since(b) || 0);
  }

  of(node: string): NodeTimeline {
    return this.nodes.get(node) ?? untouched(node);
  }

  /** When the run began; undefined before. */
  since(): number | undefined {
    return this.began;
  }

  /** Whether the run takes a node out of service, or brings something to one; without, there is nothing to watch. */
  isWatched(): boolean {
    return [...this.nodes.values()].some(
      ({ spans, transfer }) => transfer !== undefined || spans.some(({ phase }) => phase !== 'change'),
    );
  }

  private begin(nodes: readonly string[], at: number): void {
    this.began = at;
    for (const node of nodes) this.nodes.set(node, untouched(node));
  }

  private soak(at: number): void {
    for (const node of this.batch) if (this.of(node).ending === 'done') this.enter(node, 'soak', at);
  }

  private enter(node: string | undefined, phase: Phase | undefined, at: number): void {
    if (node === undefined || phase === undefined) return;
    const { spans } = this.of(node);
    const current = spans.at(-1);
    if (current?.phase === phase && current.to === undefined) return;
    this.leave(node, at);
    this.update(node, { spans: [...this.of(node).spans, { phase, from: at, to: undefined }] });
  }

  private leave(node: string, at: number): void {
    const spans = this.of(node).spans.map((span) => (span.to === undefined ? { ...span, to: at } : span));
    this.update(node, { spans, podsLeft: undefined });
  }

  private endSoak(at: number): void {
    for (const { node, spans } of this.nodes.values()) if (spans.at(-1)?.phase === 'soak') this.leave(node, at);
  }

  private update(node: string, change: Partial<NodeTimeline>): void {
    this.nodes.set(node, { ...this.of(node), ...change });
  }
}

/** The phase that a step belongs to; the locking of a node belongs to none. */
export function phaseOf({ step, action }: Pick<StepPlace, 'step' | 'action'>): Phase | undefined {
  if (action === undefined) return step === 'preflight' || step === 'drain' || step === 'return' ? step : undefined;
  if (!action.startsWith('reboot:')) return 'change';
  return step === 'record' || step === 'reboot' ? 'reboot' : 'return';
}

/** From the first phase to the last, milliseconds; `now` where it goes on. */
export function tookMs({ spans }: NodeTimeline, now: number): number {
  return (spans.at(-1)?.to ?? now) - (spans[0]?.from ?? now);
}

function untouched(node: string): NodeTimeline {
  return { node, spans: [], podsLeft: undefined, transfer: undefined, ending: undefined };
}
