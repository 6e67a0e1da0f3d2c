import type { FailureFixture } from './fixture.ts';
import { podName, scenariosOf } from './scenario-pods.ts';
import type { Scenario } from './scenarios.ts';
import { trueLabel, type Said } from './said.ts';

interface ContainerState {
  readonly waiting?: { readonly reason?: string; readonly message?: string };
  readonly terminated?: { readonly reason?: string; readonly message?: string };
}

interface Pod {
  readonly metadata: { readonly name: string };
  readonly status: {
    readonly containerStatuses?: readonly { readonly state: ContainerState; readonly lastState?: ContainerState }[];
  };
}

interface Event {
  readonly involvedObject: { readonly name: string };
  readonly reason: string;
  readonly message: string;
  readonly source: { readonly component?: string };
}

/** Container statuses and events of scenarios' pods, as the API server has them now. */
export async function readApi(
  { testbed, kubectl }: FailureFixture,
  scenarios: readonly Scenario[],
): Promise<readonly Said[]> {
  const [pods, events] = await Promise.all([items<Pod>(kubectl, 'pods'), items<Event>(kubectl, 'events')]);
  return testbed.plan.nodes.flatMap((node) =>
    scenariosOf(scenarios, node.runtime).flatMap((scenario) => {
      const name = podName(scenario, node.name);
      const own = pods.filter(({ metadata }) => metadata.name === name).flatMap(statusMessages);
      // Of a node that was away for a moment controllers have something to say too, which is of no pull.
      const told = events
        .filter(({ involvedObject, source }) => involvedObject.name === name && source.component === 'kubelet')
        .map(({ reason, message, source }) => ({ reason, message, component: source.component ?? '' }));
      return [...own, ...told].map((said) => ({
        ...said,
        node,
        scenario: scenario.name,
        label: trueLabel(scenario, node, said.message),
      }));
    }),
  );
}

function statusMessages({ status }: Pod): readonly Pick<Said, 'reason' | 'message' | 'component'>[] {
  const states = (status.containerStatuses ?? []).flatMap(({ state, lastState }) => [
    state.waiting,
    state.terminated,
    lastState?.waiting,
    lastState?.terminated,
  ]);
  return states.flatMap((state) =>
    state?.reason === undefined || !telling(state)
      ? []
      : [{ reason: state.reason, message: state.message ?? '', component: 'kubelet' }],
  );
}

/** One without words tells something only by its reason. */
function telling({ reason, message = '' }: { readonly reason?: string; readonly message?: string }): boolean {
  return message !== '' || reason === 'OOMKilled' || reason === 'InvalidImageName';
}

/** As the server sends them: kubectl would take longer to print them anew than all else takes here. */
async function items<T>(kubectl: FailureFixture['kubectl'], kind: string): Promise<readonly T[]> {
  return (
    JSON.parse(await kubectl(['get', '--raw', `/api/v1/namespaces/default/${kind}`])) as {
      readonly items: readonly T[];
    }
  ).items;
}
