import { NodemendError } from '../../errors/nodemend-error.ts';
import type { SecretOptions } from './session-options.ts';

/** A DNS label (RFC 1123), as names of namespaces are. */
const label = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/u;

/**
 * The namespaces whose Secrets may be read: `--use-secrets a,b`, which may be repeated. There is no word for all of
 * them.
 * @throws NodemendError USAGE for what is not a name of a namespace
 */
export function secretNamespaces({ useSecrets = [] }: SecretOptions, command: string): readonly string[] {
  return namespaceNames({ option: '--use-secrets', values: useSecrets, command });
}

/** What `--namespace` names, which is one. @throws NodemendError USAGE */
export function oneNamespace(value: string, command: string): string {
  const [name, another] = namespaceNames({ option: '--namespace', values: [value], command });
  if (name !== undefined && another === undefined) return name;
  throw new NodemendError('USAGE', { context: 'namespace', command, typed: '--namespace', value });
}

interface NamespaceOption {
  readonly option: string;
  readonly values: readonly string[];
  readonly command: string;
}

/** Each once, in their order. @throws NodemendError USAGE */
export function namespaceNames({ option, values, command }: NamespaceOption): readonly string[] {
  const names = values.flatMap((value) => value.split(',').map((name) => name.trim()));
  const wrong = names.find((name) => !label.test(name));
  if (wrong !== undefined)
    throw new NodemendError('USAGE', { command, context: 'namespace', typed: option, value: wrong });
  return [...new Set(names)];
}
