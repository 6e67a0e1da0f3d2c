import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { MeasuredCommand } from '../measured-process.ts';

/** Another program that looks through a whole cluster, asked to look at nodes and pods alone. */
export interface Rival {
  readonly name: string;
  /** Undefined when it is not on the PATH. */
  readonly command: Omit<MeasuredCommand, 'outputFile'> | undefined;
}

const askedAs: Readonly<Record<string, (kubeconfig: string) => readonly string[]>> = {
  popeye: (kubeconfig) => [
    '--kubeconfig',
    kubeconfig,
    '--all-namespaces',
    '--sections',
    'nodes,pods',
    '--out',
    'json',
    '--force-exit-zero',
  ],
  k8sgpt: (kubeconfig) => ['analyze', '--kubeconfig', kubeconfig, '--filter', 'Node,Pod', '--output', 'json'],
};

export function rivals(environment: NodeJS.ProcessEnv, kubeconfig: string): readonly Rival[] {
  return Object.entries(askedAs).map(([name, args]) => {
    const program = onPath(name, environment['PATH'] ?? '');
    return { name, command: program === undefined ? undefined : { program, args: args(kubeconfig), env: environment } };
  });
}

function onPath(name: string, path: string): string | undefined {
  return path
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
