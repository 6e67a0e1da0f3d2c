import type { NodeView } from '../../../images/node-view.ts';
import { holdingProgram } from '../../../images/pins/holding-program.ts';
import { pinChoice, type PinChoice } from '../../../images/pins/pin-choice.ts';
import { runningDaemons } from '../../../runtimes/running.ts';
import { readFact } from '../../kit/read-fact.ts';

/** The socket that `image-pin` speaks to, in the words of kubelet's option. */
const ownSocket = /^(?:unix:\/\/)?\/(?:var\/)?run\/containerd\/containerd\.sock$/;

/** How images of a node can be pinned. */
export function choiceOn({ node, store, keeping }: NodeView): PinChoice {
  const running = readFact(node, runningDaemons);
  return pinChoice({
    runtime: store.state === 'seen' ? store.value.runtime : 'containerd',
    pins: keeping.pins,
    // Without an option kubelet uses this one.
    isOwnSocket:
      running.state === 'seen' && ownSocket.test(running.value.kubeletEndpoint ?? '/run/containerd/containerd.sock'),
    hasApi: node.api.state === 'seen',
    program: readFact(node, holdingProgram),
  });
}
