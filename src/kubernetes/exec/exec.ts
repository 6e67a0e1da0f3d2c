import { apiPath } from '../api-path.ts';
import type { PodExecRequest, PodProcess } from '../api.ts';
import { parseFailure } from '../answer-body.ts';
import type { Connection } from '../connection.ts';
import { connectionError } from '../connection-error.ts';
import type { ApiRequest } from '../request.ts';
import { readStatus, statusError } from '../status-error.ts';
import { execProtocols } from './channels.ts';
import { execStreams } from './pod-process.ts';
import type { Upgrade } from './upgrade.ts';

/** With the older protocol it is kubelet that answers, and old kubelets refuse to speak JSON here (406). */
const accept = '*/*';

/**
 * Runs a command in a container, through the API server and the node's kubelet (kubernetes.io/docs/reference,
 * `connect_get` of pods/exec). Tried once: whether it ran is known only of a connection that stands.
 * @throws NodemendError API_…; the signal's reason when aborted.
 */
export async function execInPod(connection: Connection, pod: PodExecRequest): Promise<PodProcess> {
  const { namespace, container, command, signal } = pod;
  const path = apiPath({ group: '', version: 'v1', namespace, resource: 'pods', name: pod.pod, subresource: 'exec' });
  const request: ApiRequest = {
    method: 'GET',
    path,
    query: { container, command, stdin: true, stdout: true, stderr: true },
    accept,
    signal,
  };
  const protocols = pod.protocols ?? execProtocols;
  const attempt = async (): Promise<PodProcess | Refusal> => {
    const streams = execStreams();
    const { opening, credential } = await connection.openWebSocket(request, protocols, streams.listener);
    return 'opened' in opening
      ? streams.processOf(opening.opened)
      : {
          upgrade: opening.failed,
          again: isExpired(opening.failed) && connection.access.credentials.reject(credential),
        };
  };
  const first = await attempt();
  if (!('upgrade' in first)) return first;
  const second = first.again ? await attempt() : first;
  if (!('upgrade' in second)) return second;
  throw refusal(second.upgrade, request, connection);
}

interface Refusal {
  readonly upgrade: Upgrade;
  /** Another credential may be had. */
  readonly again: boolean;
}

function isExpired({ answer }: Upgrade): boolean {
  return answer?.status === 401;
}

function refusal({ answer, error }: Upgrade, request: ApiRequest, { access }: Connection): Error {
  if (!answer)
    return connectionError(error ?? new Error('the protocol was not changed'), {
      access,
      path: request.path,
      seconds: 0,
    });
  const { status, headers, body } = answer;
  return statusError(readStatus(status, parseFailure(body, { headers })), request, access);
}
