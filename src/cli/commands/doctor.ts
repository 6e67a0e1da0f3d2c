import { Command } from 'commander';
import { defaultLease } from '../../engine/default-lease.ts';
import { collectDoctor } from '../../engine/doctor/collect-doctor.ts';
import { judgeDoctor } from '../../engine/doctor/judge.ts';
import { doctorExit } from '../../engine/doctor/row.ts';
import type { CommandContext, RunCommand } from '../command-context.ts';
import { isNodemendError, NodemendError } from '../../errors/nodemend-error.ts';
import type { KubernetesApi } from '../../kubernetes/api.ts';
import type { Transport } from '../../transport/transport.ts';
import { documentFormats, outputOption, withAccess, withCommon, withTargets } from '../options/shared.ts';
import { commandLine } from '../../app/texts/command-line.ts';
import { renderDoctor } from '../render/doctor/view.ts';
import { inFormat } from '../render/in-format.ts';
import { contextFor } from '../render/render-context.ts';
import { openSession, type CommandSession } from '../options/open-session.ts';
import type { Texts } from '../../app/texts/texts.ts';
import { version } from '../../app/version.ts';
import type { AccessOptions, TargetOptions } from '../options/session-options.ts';
import type { OutputFormat } from '../../app/configuration/output-format.ts';

interface DoctorOptions extends TargetOptions, AccessOptions {
  readonly output: OutputFormat;
}

export function define({ t }: Texts, run: RunCommand): Command {
  const command = new Command('doctor')
    .summary(t('command.doctor.summary'))
    .description(t('command.doctor.description'));
  return withAccess(withTargets(withCommon(command, t), t), t)
    .addOption(outputOption(t, documentFormats))
    .action((options: DoctorOptions) => run((context) => doctor(context, options)));
}

async function doctor(context: CommandContext, options: DoctorOptions): Promise<number> {
  const session = await openSession(context, options, 'doctor');
  const report = await withDoctorApi(session, (api, transport) =>
    collectDoctor({
      api,
      transport,
      podNamespace: session.podNamespace,
      leaseNamespace: session.configuration.leaseNamespace ?? defaultLease.namespace,
      findNodes: () => session.findNodes(api instanceof NodemendError ? undefined : api, context.interrupt),
      version,
      now: new Date(),
      signal: context.interrupt,
    }),
  );
  const rows = judgeDoctor(report);
  const exit = doctorExit(rows);
  const { data } = context.output;
  const next = exit === 3 || exit === 5 ? undefined : commandLine(['nodemend', 'diagnose', ...session.repeat]);
  const views = {
    document: () => ({ rows, exitCode: exit }),
    table: () => renderDoctor(rows, next, contextFor(data, session.texts)),
  };
  data.write(await inFormat(options.output, views));
  return exit;
}

/**
 * Like every command's opening, but a kubeconfig that cannot be used is handed on: it is what doctor is asked about.
 */
async function withDoctorApi<T>(
  session: CommandSession,
  work: (api: KubernetesApi | NodemendError | undefined, transport: Transport | undefined) => Promise<T>,
): Promise<T> {
  const api = await session.openApi().catch((error: unknown) => {
    if (isNodemendError(error)) return error;
    throw error;
  });
  const transport = session.openTransport(api instanceof NodemendError ? undefined : api);
  try {
    return await work(api, transport);
  } finally {
    await Promise.allSettled([api instanceof NodemendError ? undefined : api?.close(), transport?.close()]);
  }
}
