import { runProgram } from '../node-root/run-program.ts';

/** Options that only newer releases of OpenSSH know, as lines of sshd_config, asked of the sshd that is installed. */
export async function sshdOptions(): Promise<readonly string[]> {
  // 9.8 and later refuse an address for a while after failed logins; in a lab all of them come from one address.
  const { stderr } = await runProgram('/usr/sbin/sshd', ['-T', '-f', '/dev/null', '-o', 'PerSourcePenalties=no']);
  return stderr.includes('Bad configuration option') ? [] : ['PerSourcePenalties no'];
}
