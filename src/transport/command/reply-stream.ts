import { CappedBytes } from './capped-bytes.ts';

/** How the script really ran, as preamble.sh and launch.sh say it. */
type Privilege = 'root' | 'sudo' | 'unprivileged';

export interface ReplyStart {
  readonly privilege: Privilege;
  /** Process group of the script on the node; 0 when the node has no /proc. */
  readonly group: number;
}

export interface ReplyEnd {
  readonly exitCode: number;
  readonly privilege: Privilege;
}

/** What may come before the start: banners, rc files, sudo. Kept for people, so its beginning is enough. */
const noiseCap = 8 * 1024;
const longestMark = 128;

/**
 * Takes one output stream of a run apart: noise, start mark, the script's own bytes, end mark. The bytes may be
 * anything; only the run's random marker is looked for, so nothing in them has to be escaped, and what comes after the
 * end mark (a process that the script left behind) is not the script's.
 */
export class ReplyStream {
  readonly #marker: string;
  readonly #noise = new CappedBytes(noiseCap);
  readonly #body: CappedBytes;
  /** Bytes that may be the beginning of a mark. */
  #held: Buffer = Buffer.alloc(0);
  #start: ReplyStart | undefined;
  #end: ReplyEnd | undefined;

  /** `onBody` is told the script's own bytes as they come; without a cap they are not kept. */
  constructor(marker: string, cap: number | undefined, onBody?: (chunk: Uint8Array) => void) {
    this.#marker = marker;
    this.#body = new CappedBytes(cap, onBody);
  }

  get start(): ReplyStart | undefined {
    return this.#start;
  }

  get end(): ReplyEnd | undefined {
    return this.#end;
  }

  get truncated(): boolean {
    return this.#body.truncated;
  }

  /** What the script wrote so far. */
  body(): Uint8Array {
    return this.#body.bytes();
  }

  /** What came before the script, as text. */
  noise(): string {
    return Buffer.from(this.#noise.bytes()).toString('utf8');
  }

  push(chunk: Uint8Array): void {
    if (this.#end) return;
    this.#held = this.#held.length === 0 ? Buffer.from(chunk) : Buffer.concat([this.#held, chunk]);
    while (this.#takeMark());
  }

  /** The stream is over: what was held back is not a mark. */
  close(): void {
    if (!this.#end) this.#sink().push(this.#held);
    this.#held = Buffer.alloc(0);
  }

  #sink(): CappedBytes {
    return this.#start ? this.#body : this.#noise;
  }

  /** Moves what is before the next mark to where it belongs, and reads the mark. True when there may be another one. */
  #takeMark(): boolean {
    // Every mark is printed on a line of its own: the newline before it is not the script's.
    const opening = `\n${this.#marker}:`;
    const at = this.#held.indexOf(opening, 0, 'latin1');
    if (at < 0) {
      this.#release(this.#held.length - opening.length + 1);
      return false;
    }
    this.#release(at);
    const close = this.#held.indexOf('\n', opening.length);
    if (close < 0) return this.#giveUpOn(longestMark);
    const understood = this.#read(this.#held.toString('latin1', opening.length, close));
    if (!understood) return this.#giveUpOn(0);
    this.#held = this.#end ? Buffer.alloc(0) : this.#held.subarray(close + 1);
    return !this.#end;
  }

  /** Something that begins like a mark and is none, because a script printed its own marker: plain output. */
  #giveUpOn(atLength: number): boolean {
    if (this.#held.length < atLength) return false;
    this.#release(1);
    return true;
  }

  #release(length: number): void {
    if (length <= 0) return;
    this.#sink().push(this.#held.subarray(0, length));
    this.#held = this.#held.subarray(length);
  }

  #read(mark: string): boolean {
    const [kind, first = '', second = ''] = mark.split(':');
    if (kind === 'start' && !this.#start && isPrivilege(first)) {
      this.#start = { privilege: first, group: Number(second) || 0 };
      return true;
    }
    if (kind === 'end' && /^\d{1,3}$/.test(first) && isPrivilege(second)) {
      this.#end = { exitCode: Number(first), privilege: second };
      return true;
    }
    return false;
  }
}

function isPrivilege(text: string): text is Privilege {
  return text === 'root' || text === 'sudo' || text === 'unprivileged';
}
