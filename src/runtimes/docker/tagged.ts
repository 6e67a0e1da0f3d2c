import type { Fact } from '../../evidence/fact.ts';
import type { ProbedText } from '../probed-text.ts';
import { dockerImages } from './images.ts';
import script from './tagged.sh?raw';

/** When an image was last tagged on the node, RFC 3339, by its id. One that was only pulled has none. */
export type DockerTagged = ReadonlyMap<string, string>;

/** `no-docker` where none runs. */
export const dockerTagged: Fact<DockerTagged | 'no-docker'> = {
  key: 'docker/tagged',
  script,
  needs: [dockerImages],
  parse: parseTagged,
};

const linePattern = /^(?:refused [a-z-]+ .*|tagged sha256:[0-9a-f]{64} \S+)$/;

/** Takes apart what tagged.sh prints. */
function parseTagged({ text, truncated }: ProbedText): DockerTagged | 'no-docker' | undefined {
  if (text === 'no-docker\n') return 'no-docker';
  const lines = text.split('\n').slice(0, -1);
  if (truncated || !lines.every((line) => linePattern.test(line))) return undefined;
  const tagged = lines.filter((line) => line.startsWith('tagged ')).map((line) => line.split(' '));
  return new Map(tagged.map(([, id = '', time = '']) => [id, time]));
}
