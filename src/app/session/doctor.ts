import { defaultLease } from '../../engine/default-lease.ts';
import { collectDoctor, type DoctorRequest } from '../../engine/doctor/collect-doctor.ts';
import { judgeDoctor } from '../../engine/doctor/judge.ts';
import { doctorExit } from '../../engine/doctor/row.ts';
import { isNodemendError, NodemendError } from '../../errors/nodemend-error.ts';
import type { DoctorDocument } from '../documents/doctor/schema.ts';
import type { Ports } from '../ports.ts';
import { imageEntries } from '../problems/tells-images.ts';
import { loadProblems } from '../../problems/catalogue-entry.ts';
import { version } from '../version.ts';
import type { Session } from './session.ts';

/** Whether one can work here. A kubeconfig that cannot be used does not end it: it is what is asked about. */
export async function examine(session: Session, { interrupt, now }: Ports): Promise<DoctorDocument> {
  const opened = await session.openApi().catch((error: unknown) => {
    if (isNodemendError(error)) return error;
    throw error;
  });
  const api = opened instanceof NodemendError ? undefined : opened;
  const transport = session.openTransport(api);
  try {
    const report = await collectDoctor({
      api: opened,
      transport,
      podNamespace: session.podNamespace,
      leaseNamespace: session.configuration.leaseNamespace ?? defaultLease.namespace,
      findNodes: () => session.findNodes(api, interrupt),
      podImage: await podImageOf(session),
      version,
      now: now(),
      signal: interrupt,
    });
    const rows = judgeDoctor(report);
    return { schema: 'nodemend.dev/doctor/v1', rows, exitCode: doctorExit(rows) };
  } finally {
    await Promise.allSettled([api?.close(), transport?.close()]);
  }
}

/** What reads the images of a node is loaded only for who has pods in mind. */
async function podImageOf({ configuration }: Session): Promise<DoctorRequest['podImage']> {
  const { image: name } = configuration.pod ?? {};
  if (name === undefined) return undefined;
  return { name, facts: (await loadProblems(imageEntries)).flatMap(({ facts }) => facts) };
}
