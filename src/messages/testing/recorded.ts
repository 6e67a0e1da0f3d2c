import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Label, Message } from '../label.ts';

/** A line of `recorded.jsonl`: what a real kubelet or runtime said on the testbed, and what was really wrong. */
export interface RecordedMessage extends Required<Message> {
  readonly id: string;
  readonly source: MessageSource;
  readonly label: Label;
  readonly part: Part;
}

interface MessageSource {
  readonly runtime: string;
  readonly runtimeVersion: string;
  readonly kubeletVersion: string;
  /** Name in `testbed/pull-failures/scenarios.ts`. */
  readonly scenario: string;
}

/** What rules are mended by, and what they are only measured by. */
type Part = 'known' | 'held-out';

export const recordedFile = join(import.meta.dirname, '../fixtures/recorded.jsonl');

export function readRecorded(): readonly RecordedMessage[] {
  return readFileSync(recordedFile, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as RecordedMessage);
}

/** A third by a hash of the source, so that all that one runtime says of one scenario is in the same part. */
export function partOf({ runtime, scenario }: Pick<MessageSource, 'runtime' | 'scenario'>): Part {
  const [first = 0] = createHash('sha256').update(`${runtime}/${scenario}`).digest();
  return first % 3 === 0 ? 'held-out' : 'known';
}
