import type { ControlPlane } from '../control-plane/control-plane.ts';
import type { BootDelay } from './node-events.ts';
import type { Registries } from '../registry/registries.ts';
import type { RegistryName } from '../testbed-plan.ts';
import type { Nodes } from './nodes.ts';

/** What commands ask of a running testbed over its Unix socket. */
export type TestbedRequest =
  | NodeRequest
  | { readonly kind: 'kill-api-server'; readonly flags?: readonly string[] }
  | { readonly kind: 'stop-registry' | 'resume-registry'; readonly registry: RegistryName };

export type NodeRequest =
  | { readonly kind: 'start'; readonly node: string }
  | { readonly kind: 'power-cut'; readonly node: string }
  | { readonly kind: 'boot-delay'; readonly node: string; readonly delay: BootDelay };

interface Controlled {
  readonly nodes: Nodes;
  readonly registries: Registries;
  readonly plane: ControlPlane;
}

export async function handleTestbedControl(
  { nodes, registries, plane }: Controlled,
  request: TestbedRequest,
): Promise<object> {
  if ('node' in request) await controlPower(nodes, request);
  else if (request.kind === 'kill-api-server') plane.killApiServer(request.flags);
  else if (request.kind === 'stop-registry') await registries.stop(request.registry);
  else await registries.resume(request.registry);
  return {};
}

async function controlPower(nodes: Nodes, request: NodeRequest): Promise<void> {
  const power = nodes.power(request.node);
  if (request.kind === 'start') await power.start();
  else if (request.kind === 'power-cut') await power.cut();
  else power.setDelay(request.delay);
}
