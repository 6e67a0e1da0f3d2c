import { askControl } from '../lab/control-socket.ts';
import type { Failure } from '../lab/daemon/failure.ts';
import type { TestbedRequest } from './daemon/testbed-control.ts';
import type { Testbed } from './testbed-up.ts';

/** Has the testbed's daemon do something. @throws Error when it is not there, or with why it did not */
export async function askTestbed({ plan, folder }: Testbed, request: TestbedRequest): Promise<void> {
  const { ok, body } = await askControl(folder.control, request).catch((cause: unknown) => {
    throw new Error(`The testbed ${plan.name} does not answer\n  next: npm run testbed -- up --name ${plan.name}`, {
      cause,
    });
  });
  if (!ok) throw new Error(String((body as Failure).params['problem']));
}
