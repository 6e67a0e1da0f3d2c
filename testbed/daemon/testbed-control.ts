import type { BootDelay } from './node-events.ts';
import type { Nodes } from './nodes.ts';

/** What commands ask of a running testbed over its Unix socket. */
export type TestbedRequest =
  | { readonly kind: 'start'; readonly node: string }
  | { readonly kind: 'power-cut'; readonly node: string }
  | { readonly kind: 'boot-delay'; readonly node: string; readonly delay: BootDelay };

export async function handleTestbedControl(nodes: Nodes, request: TestbedRequest): Promise<object> {
  const power = nodes.power(request.node);
  if (request.kind === 'start') await power.start();
  else if (request.kind === 'power-cut') await power.cut();
  else power.setDelay(request.delay);
  return {};
}
