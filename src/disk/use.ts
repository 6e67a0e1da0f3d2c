import type { Fact } from '../evidence/fact.ts';
import type { ProbedText } from '../runtimes/probed-text.ts';
import dockerRoot from '../runtimes/docker/docker-root.sh?raw';
import { diskRoom } from './room.ts';
import script from './use.sh?raw';

/** What one place takes on a disk that is nearly full. */
export interface PlaceUse {
  readonly kind: PlaceKind;
  /** Of the file system, hex. */
  readonly disk: string;
  /** A folder; of a deleted file, the link of a process that holds it open. */
  readonly path: string;
  /** On the disk, bytes. */
  readonly bytes: number;
  /** Not all of it was counted: it is more than this. */
  readonly isCut: boolean;
}

export const placeKinds = [
  'layers',
  'images',
  'volumes',
  'pod-volumes',
  'journal',
  'system-logs',
  'temporary',
  'crashes',
  'homes',
  'deleted',
] as const;

export type PlaceKind = (typeof placeKinds)[number];

/** What takes the room of a disk that is nearly full; empty where none is. */
export const diskUse: Fact<readonly PlaceUse[]> = {
  key: 'disk/use',
  script,
  shared: [dockerRoot],
  needs: [diskRoom],
  parse: parseDiskUse,
};

/** Takes apart what use.sh prints. */
function parseDiskUse({ text, truncated }: ProbedText): readonly PlaceUse[] | undefined {
  const places = text
    .split('\n')
    .filter((line) => line !== '')
    .map(parsePlace);
  return truncated || places.includes(undefined) ? undefined : places.filter((place) => place !== undefined);
}

function parsePlace(line: string): PlaceUse | undefined {
  const [, word, disk = '', blocks, cut, path = ''] =
    /^use (\S+) ([0-9a-f]+) (\d+) \d+ (whole|cut) (\/.*)$/.exec(line) ?? [];
  const kind = placeKinds.find((known) => known === word);
  return kind === undefined ? undefined : { kind, disk, path, bytes: Number(blocks) * 512, isCut: cut === 'cut' };
}
