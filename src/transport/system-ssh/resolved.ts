import { endpointOf } from '../endpoint.ts';
import type { Limits } from '../within.ts';
import type { Destination } from './destination.ts';
import { resolveArguments } from './ssh-arguments.ts';
import { failureInLog } from './ssh-log.ts';
import { sshOutput } from './ssh-output.ts';
import type { SshPrograms } from './ssh-programs.ts';

/** What the user's configuration makes of a destination. */
export interface Resolved {
  readonly user: string;
  /** The jump host or proxy command on the way, as it is written; undefined when ssh dials by itself. */
  readonly proxy: string | undefined;
}

/**
 * @throws NodemendError SSH_CLIENT_MISSING, SSH_CLIENT_FAILED (a configuration that ssh refuses), SSH_TIMED_OUT,
 * COMMAND_INTERRUPTED.
 */
export async function resolve(programs: SshPrograms, destination: Destination, limits: Limits): Promise<Resolved> {
  const { code, output } = await sshOutput(programs.run(resolveArguments(destination)), limits);
  const { user } = endpointOf(destination.node, destination);
  if (code !== 0) throw failureInLog(output, { destination, user, bastion: '', seconds: limits.deadline.seconds });
  const value = (name: string): string | undefined => new RegExp(`^${name} (.+)$`, 'm').exec(output)?.[1];
  return { user: value('user') ?? user, proxy: value('proxyjump') ?? value('proxycommand') };
}
