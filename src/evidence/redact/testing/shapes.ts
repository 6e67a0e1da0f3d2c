import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Draw } from './draw.ts';

/** A text with secrets planted in it. */
export interface Planted {
  readonly text: string;
  readonly secrets: readonly string[];
}

export interface SecretShape {
  /** `token` and `url` tell by themselves what they are, `named` needs its key. */
  readonly kind: 'token' | 'named' | 'url' | 'command' | 'document';
  /** Whose secret it is, or whose program or format carries it. */
  readonly provider: string;
  /** Of a `named` value, its key. */
  readonly name: string;
  /** Secret parts in double brackets, what is drawn in double braces. */
  readonly template: string;
}

/** Every shape that the rules are measured by (`shapes/README.md`). */
export const secretShapes: readonly SecretShape[] = [
  ...onLines('token', 'provider-tokens.txt'),
  ...onLines('named', 'named-values.txt'),
  ...onLines('url', 'urls.txt'),
  ...onLines('command', 'commands.txt'),
  ...documents(),
];

/** The shape with secrets that the seed draws. */
export function plant({ template }: SecretShape, seed: string): Planted {
  const draw = new Draw(seed);
  const drawn = template.replaceAll(/\{\{([A-Za-z0-9 ]+)\}\}/g, (_all, name: string) => draw.value(name));
  const secret = /\[\[(.*?)\]\]/gs;
  return {
    text: drawn.replaceAll(secret, '$1'),
    secrets: [...drawn.matchAll(secret)].map(([, text = '']) => text),
  };
}

function onLines(kind: SecretShape['kind'], file: string): readonly SecretShape[] {
  return read(file)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [provider = '', name = '', ...rest] = line.split(' | ');
      return { kind, provider, name, template: rest.join(' | ') };
    });
}

function documents(): readonly SecretShape[] {
  return read('documents.txt')
    .split(/^--- /m)
    .slice(1)
    .map((block) => {
      const [title = '', ...lines] = block.split('\n');
      const [provider = '', name = ''] = title.split(' | ');
      return { kind: 'document', provider, name, template: lines.join('\n') };
    });
}

function read(file: string): string {
  return readFileSync(join(import.meta.dirname, 'shapes', file), 'utf8');
}
