import type { Json, JsonObject } from '../../src/kubernetes/api.ts';

/**
 * Forgets all history of the store up to now, as the API server does every five minutes (`--etcd-compaction-interval`).
 */
export async function compactStore(etcdServer: string): Promise<void> {
  const post = async (path: string, body: Json): Promise<JsonObject> => {
    const answer = await fetch(`${etcdServer}/v3/kv/${path}`, { method: 'POST', body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`etcd ${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as JsonObject;
  };
  const { header } = (await post('range', { key: 'AA==' })) as { readonly header?: { readonly revision?: string } };
  await post('compaction', { revision: header?.revision ?? '0', physical: true });
}
