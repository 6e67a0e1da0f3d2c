import { sha256 } from '../../hash/sha256.ts';

/** Name of an action's folder in a run's folder on the node: readable, and unique even where two paths read alike. */
export function actionKey(id: string, subject: string): string {
  const words = subject
    .replaceAll(/[^A-Za-z0-9._-]+/gu, '-')
    .replaceAll(/^[-.]+/gu, '')
    .slice(0, 60);
  return `${words}-${sha256(Buffer.from(id, 'utf8')).slice(0, 8)}`;
}
