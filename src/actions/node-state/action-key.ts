import { createHash } from 'node:crypto';

/** Name of an action's folder in a run's folder on the node: readable, and unique even where two paths read alike. */
export function actionKey(id: string, subject: string): string {
  const words = subject
    .replaceAll(/[^A-Za-z0-9._-]+/gu, '-')
    .replaceAll(/^[-.]+/gu, '')
    .slice(0, 60);
  return `${words}-${createHash('sha256').update(id).digest('hex').slice(0, 8)}`;
}
