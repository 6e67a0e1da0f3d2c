import type { PinRequest } from '../../images/pins/pin-request.ts';
import type { OpenedSession } from '../evidence/collect.ts';
import { planChange, type PlannedChange } from '../plans/make-plan.ts';
import type { Ports } from '../ports.ts';
import type { Loaded } from '../problems/with-problems.ts';
import type { Session } from '../session/session.ts';

export interface PinImagesRequest {
  readonly session: Session;
  readonly opened: OpenedSession;
  readonly pins: PinRequest;
  readonly command: string;
}

/** Plans pins on the nodes of the session, and nothing else. @throws NodemendError ACCESS_NOT_ASKED; API_… */
export async function planImagePins(
  { session, opened, pins, command }: PinImagesRequest,
  ports: Ports & Loaded,
): Promise<PlannedChange> {
  const { problems: asked } = ports;
  const inputs = new Map(asked.map(({ meta }) => [meta.id, { pins }]));
  const { scope, ...change } = await planChange(
    { session, opened, asked, remedies: new Set(), inputs, command },
    ports,
  );
  // Of other remedies this command knows nothing.
  return { ...change, scope: { ...scope, further: [] } };
}
