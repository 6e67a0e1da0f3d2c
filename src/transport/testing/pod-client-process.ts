/**
 * Runs a script in a node's pod, as a command does; a test kills it on the way: pod-client-process.ts KUBECONFIG NODE
 * SCRIPT
 */
import { openKubernetes } from '../../kubernetes/open-kubernetes.ts';
import { createPodTransport } from '../pod-exec/pod-transport.ts';
import { podSettings, podTarget } from './pod-fixtures.ts';

const [kubeconfig = '', node = '', script = ''] = process.argv.slice(2);
const transport = createPodTransport(podSettings(await openKubernetes({ kubeconfig, environment: {} })));
const connection = await transport.connect(podTarget(node), new AbortController().signal);
const onStdout = (chunk: Uint8Array): void => void process.stdout.write(chunk);
await connection.exec({ script, args: [], privilege: 'root', timeoutMs: 60_000, maxOutputBytes: 1_000, onStdout });
// It keeps the pod, until it is killed.
setInterval(() => undefined, 1_000);
