import { onTestFinished } from 'vitest';
import type { KubernetesApi } from '../api.ts';
import { createClient } from '../client.ts';
import type { Timing } from '../timing.ts';
import { accessTo } from './access-to.ts';
import { createAuthority } from './authority.ts';
import { fixedTiming } from './fixed-timing.ts';
import { readRecording } from './recording.ts';
import { startReplayServer } from './replay-server.ts';

/**
 * The clients of one recording, by the users who made it. When the test ends, every recorded request must have come,
 * and no other.
 */
export async function replay(name: string, timing: Partial<Timing> = {}): Promise<(user: string) => KubernetesApi> {
  const authority = await createAuthority('replay');
  const server = await startReplayServer(
    await readRecording(name),
    await authority.issue({ commonName: 'replay-server', ip: ['127.0.0.1'] }),
  );
  const clients: KubernetesApi[] = [];
  onTestFinished(async () => {
    await Promise.all(clients.map((api) => api.close()));
    await server.close();
    server.assertComplete();
  });
  return (user) => {
    const api = createClient(accessTo(server.url, { ca: authority.certificate, user, token: user }), {
      timing: { ...fixedTiming, ...timing },
    });
    clients.push(api);
    return api;
  };
}
