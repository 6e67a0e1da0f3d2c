import { NodemendError } from '../../errors/nodemend-error.ts';

/** A version of Kubernetes, `1.34`, `v1.34` or `1.34.3`, without its `v`. @throws NodemendError USAGE */
export function minorVersion(text: string, command: string): string {
  const [, version] = /^v?(1\.\d{1,3}(?:\.\d{1,3})?)$/u.exec(text) ?? [];
  if (version !== undefined) return version;
  throw new NodemendError('USAGE', { context: 'version', typed: '--to', value: text, command });
}
