import { NodemendError } from '../../errors/nodemend-error.ts';
import type { KubernetesApi } from '../../kubernetes/api.ts';
import { containerName } from './job-manifest.ts';
import lifelineScript from './lifeline.sh?raw';
import type { RunningPod } from './running-pod.ts';
import { withoutComments } from './without-comments.ts';

/** The pod bears 30 seconds of silence. */
const beatMs = 5_000;

/** While it is held, the pod lives; when this process ends, however it ends, so does the pod. */
export interface Lifeline {
  /** Resolves when the pod can no longer be used, or is no longer reached. */
  readonly lost: Promise<void>;
  readonly release: () => void;
}

/** @throws NodemendError API_…, POD_COMMAND_FAILED; the signal's reason. */
export async function holdLifeline(
  api: KubernetesApi,
  { node, namespace, pod }: RunningPod,
  signal: AbortSignal,
): Promise<Lifeline> {
  const held = await api.exec({
    namespace,
    pod,
    container: containerName,
    command: ['sh', '-c', withoutComments(lifelineScript)],
    signal,
  });
  const said: Buffer[] = [];
  const ready = new Promise<boolean>((resolve) => {
    held.stdout.on('data', (chunk: Buffer) => {
      said.push(chunk);
      // dockerd tells its own errors here as well.
      if (Buffer.concat(said).toString().startsWith('ready\n')) resolve(true);
    });
    void held.ended.then(() => resolve(false));
    signal.addEventListener('abort', () => resolve(false), { once: true });
  });
  held.stderr.on('data', (chunk: Buffer) => said.push(chunk));
  if (!(await ready)) {
    held.close();
    signal.throwIfAborted();
    const { code, failure } = await held.ended;
    throw new NodemendError('POD_COMMAND_FAILED', {
      node,
      namespace,
      pod,
      detail: failure ?? `exit ${code ?? '?'} ${Buffer.concat(said).toString()}`.trimEnd(),
    });
  }
  const beating = setInterval(() => held.stdin.write('\n'), beatMs);
  const lost = held.ended.then(() => clearInterval(beating));
  const release = (): void => {
    clearInterval(beating);
    held.close();
  };
  return { lost, release };
}
