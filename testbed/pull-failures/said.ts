import type { Label, Message } from '../../src/messages/label.ts';
import type { PlannedNode, Runtime } from '../testbed-plan.ts';
import type { Scenario } from './scenarios.ts';

/** A message of a kubelet or a runtime, and what it was about. */
export interface Said extends Required<Message> {
  readonly node: PlannedNode;
  readonly scenario: string;
  readonly label: Label;
}

/** Of a message about a scenario on a node. */
export function trueLabel(scenario: Scenario, { runtime }: PlannedNode, message: string): Label {
  const { byName = false, unnamed, images } = scenario;
  const isNamed = images.some((image) => message.includes(tellingPart(image)));
  if (tellsNoCause(message) && !(byName && isNamed && backsOff.test(message))) return 'other';
  if (unnamed !== undefined && !isNamed) return unnamed;
  return labelOn(scenario, runtime);
}

/** Of a scenario on nodes of a runtime. */
export function labelOn({ label }: Scenario, runtime: Runtime): Label {
  return typeof label === 'string' ? label : label[runtime];
}

/** The registry's name, or for Docker Hub, which short names leave out, the repository's. */
function tellingPart(image: string): string {
  const [host = '', ...path] = image.replace(/[:@][\w.:-]*$/, '').split('/');
  return host.includes('.') && host !== 'docker.io'
    ? host
    : [host, ...path].filter((part) => part !== 'docker.io').join('/');
}

const backsOff = /Back-off pulling image/;

/**
 * What says that something waits or fails and not why: in kubelet's own sentences, alone in the message. The answer to
 * them is `other`, whatever was wrong; so it is to what tells of a step that went well.
 */
const withoutCause: readonly RegExp[] = [
  /^Back-off pulling image "[^"]*"$/,
  /^Error: (?:ErrImagePull|ImagePullBackOff|CrashLoopBackOff|ErrImageNeverPull|CreateContainerError|RunContainerError)$/,
  /^[Bb]ack-off (?:\w+ )?restarting failed container/,
  /^(?:Pulling image|Container image|Successfully pulled image|Created container|Started container|Created container:)/,
  // What a Docker node says while a container is just made or taken away.
  /Error: No such container: [0-9a-f]{64}/,
  // dockerd's own store, while two pulls of one manifest are in each other's way, and its cleaning up after a pull that
  // failed.
  /Error persisting manifest|Error while attempting to abort content ingest/,
  /^Pod sandbox changed, it will be killed and re-created\.$/,
];

/** The same in kubelet's journal, where the sentences are quoted: every error that the line holds is one of them. */
const quotedWithoutCause = /with (?:ImagePullBackOff|CrashLoopBackOff): \\*"(?:Back-off pulling image|back-off )/;
const quotedCause =
  /ErrImagePull: |with (?:ErrImagePull|InvalidImageName|ErrImageNeverPull|CreateContainer\w+|RunContainerError)/;

function tellsNoCause(message: string): boolean {
  if (withoutCause.some((form) => form.test(message))) return true;
  return quotedWithoutCause.test(message) && !quotedCause.test(message);
}
