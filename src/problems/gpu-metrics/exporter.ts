import type { Fact } from '../../evidence/fact.ts';
import { sha256 } from '../../hash/sha256.ts';
import type { ProbedText } from '../../runtimes/probed-text.ts';
import { systemdServices } from '../../runtimes/systemd/services.ts';
import type { ObservedFile } from '../kit/file-edit.ts';
import script from './exporter.sh?raw';

/** `cached`: the loader finds it. `found`: it would, were ldconfig run. */
export type Library = 'cached' | 'found' | 'absent';

/** The exporter of a node that has one. */
export interface Exporter {
  /** `PRETTY_NAME` of os-release: `Rocky Linux 8.10 (Green Obsidian)`. */
  readonly system: string;
  readonly library: Library;
  /** The journal's last line of this boot that names the library; undefined where the exporter runs, or there is none. */
  readonly said: string | undefined;
  /** nodemend's own drop-in is there. */
  readonly hasDropIn: boolean;
  /** `refused`: others than root have a say in it. */
  readonly counters: ObservedFile | 'absent' | 'refused';
}

export type ExporterFacts = 'no-exporter' | Exporter;

export const exporter: Fact<ExporterFacts> = {
  key: 'gpu-metrics/exporter',
  script,
  needs: [systemdServices],
  parse: parseExporter,
};

const headPattern =
  /^(?:system (.*)\n)?library (cached|found|absent)\n(?:said (.*)\n)?(drop-in\n)?counters (?:(absent|link|refused)\n$|([0-7]{3,4}) (\d+) (\d+) ([0-9a-f]{64})\n)/;

/** Takes apart what exporter.sh prints. */
function parseExporter({ text }: ProbedText): ExporterFacts | undefined {
  if (text === 'no-exporter\n') return 'no-exporter';
  const match = headPattern.exec(text);
  if (match === null) return undefined;
  const [head, system = '', library, said, dropIn, none] = match;
  return {
    system,
    library: library as Library,
    said,
    hasDropIn: dropIn !== undefined,
    counters: none === undefined ? fileOf(match, text.slice(head.length)) : withoutFile(none),
  };
}

function withoutFile(why: string): Exporter['counters'] {
  if (why === 'absent' || why === 'refused') return why;
  return { isLink: true, isExact: false, mode: 0o777, uid: 0, gid: 0 };
}

function fileOf([, , , , , , mode = '', uid, gid, sum]: RegExpExecArray, content: string): ObservedFile {
  const isExact = sha256(Buffer.from(content, 'latin1')) === sum;
  return { isLink: false, content, isExact, mode: Number.parseInt(mode, 8), uid: Number(uid), gid: Number(gid) };
}
