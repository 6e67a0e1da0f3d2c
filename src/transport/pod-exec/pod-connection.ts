import { randomBytes } from 'node:crypto';
import { NodemendError } from '../../errors/nodemend-error.ts';
import type { KubernetesApi } from '../../kubernetes/api.ts';
import type { NodeProcess, Purpose, ScriptPlace } from '../command/node-process.ts';
import { inOneLine } from '../../text/printable.ts';
import { runScript } from '../command/run-script.ts';
import { Limiter } from '../limiter.ts';
import type { ExecRequest, ExecResult, NodeConnection } from '../transport.ts';
import { containerName } from './job-manifest.ts';
import type { LentPod } from './node-pods.ts';
import runOnHost from './run-on-host.sh?raw';
import type { RunningPod } from './running-pod.ts';
import { withoutComments } from './without-comments.ts';

/**
 * As over SSH, where sshd sets the limit. Each is a connection to the API server, and one more from there to kubelet.
 */
const scriptsAtOnce = 8;

/** For what ends a script, which is wanted after the script is not. */
const endingMs = 5_000;

/** By signal 9, as when the pod is removed: what runs a script that is killed so reports it. */
const killed = 137;

const hostScript = withoutComments(runOnHost);

/** A node that is reached through its pod. */
export function podConnection(api: KubernetesApi, { pod, giveBack }: LentPod): NodeConnection {
  const scripts = new Limiter(scriptsAtOnce);
  let open = true;
  let standing = true;
  void pod.lost.then(() => (standing = false));
  const exec = async (request: ExecRequest): Promise<ExecResult> => {
    if (!open || !standing) throw lost(pod, open ? 'the pod is no longer reached' : 'it was closed before the command');
    return scripts.run(() => runScript(placeIn(api, pod, request), request));
  };
  const close = (): Promise<void> => {
    if (open) giveBack();
    open = false;
    return Promise.resolve();
  };
  return { node: pod.node, kind: 'pod', user: 'root', hostKey: undefined, exec, close };
}

function placeIn(api: KubernetesApi, pod: RunningPod, request: ExecRequest): ScriptPlace {
  let failure: string | undefined;
  const start = async (commandLine: string, purpose: Purpose, stdinBytes: number): Promise<NodeProcess> => {
    const command = [
      'sh',
      '-c',
      hostScript,
      'nodemend',
      randomBytes(8).toString('hex'),
      String(stdinBytes),
      commandLine,
    ];
    const signal = purpose === 'script' ? whileWanted(request) : AbortSignal.timeout(endingMs);
    const { stdin, stdout, stderr, ended, close } = await api.exec({
      namespace: pod.namespace,
      pod: pod.pod,
      container: containerName,
      command,
      signal,
    });
    const end = ended.then(({ code, failure: why }) => {
      failure = code === killed ? 'what runs the script in the pod was killed' : why;
      return code === undefined || code === killed ? {} : { code };
    });
    return { stdin, stdout, stderr, ended: end, release: close, kill: close };
  };
  return {
    node: pod.node,
    user: 'root',
    start,
    explainLoss: (detail) => lost(pod, failure ?? detail),
    explainFailure: (detail) =>
      new NodemendError('POD_COMMAND_FAILED', { node: pod.node, namespace: pod.namespace, pod: pod.pod, detail }),
  };
}

/** The script's own time-out comes first, and has its own error. */
function whileWanted({ timeoutMs, signal }: ExecRequest): AbortSignal {
  return AbortSignal.any([AbortSignal.timeout(timeoutMs + 1_000), ...(signal ? [signal] : [])]);
}

function lost({ node, namespace, pod }: RunningPod, detail: string): NodemendError {
  return new NodemendError('POD_CONNECTION_LOST', { node, namespace, pod, detail: inOneLine(detail) });
}
