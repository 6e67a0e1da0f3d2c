import { NodemendError } from '../../errors/nodemend-error.ts';
import { oneLine } from '../../network/one-line.ts';
import { Password } from '../../registry/docker-config/password.ts';
import { hubKey } from '../../registry/docker-config/keyring.ts';
import { runLocalProgram, type LocalProgramEnd } from '../../transport/local/local-program.ts';

export interface HelperQuestion {
  /** `osxkeychain`, `ecr-login`: the program is docker-credential-<helper>. */
  readonly helper: string;
  readonly registry: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

export interface HeldLogin {
  readonly user: string;
  readonly password: Password;
}

/** A helper may ask its own service; a minute is what a person waits. */
const limitMs = 60_000;

/**
 * Asks a Docker credential helper for a login (github.com/docker/docker-credential-helpers, README: `get` reads the
 * registry's address from standard input and prints JSON with Username and Secret). The program is found through PATH;
 * nothing secret is in its arguments.
 * @throws NodemendError CREDENTIAL_HELPER_MISSING, CREDENTIAL_HELPER_FAILED
 */
export async function askCredentialHelper({
  helper,
  registry,
  environment,
  signal,
}: HelperQuestion): Promise<HeldLogin> {
  const program = `docker-credential-${helper}`;
  const end = await run(program, { input: registry === 'docker.io' ? hubKey : registry, environment, signal });
  signal.throwIfAborted();
  // What went wrong stands on standard output in this protocol.
  if (end.exitCode !== 0)
    throw failed(
      program,
      oneLine(end.stdout.toString('utf8') || end.stderr.toString('utf8')) || `exit ${end.exitCode}`,
    );
  return readLogin(program, end.stdout.toString('utf8'));
}

type HelperRun = Pick<HelperQuestion, 'environment' | 'signal'> & { readonly input: string };

async function run(program: string, { input, environment, signal }: HelperRun): Promise<LocalProgramEnd> {
  try {
    return await runLocalProgram({ program, args: ['get'], environment, input, signal, limitMs });
  } catch (cause) {
    throw new NodemendError('CREDENTIAL_HELPER_MISSING', { program }, { cause });
  }
}

/** An answer is never shown: it holds the password. */
function readLogin(program: string, answer: string): HeldLogin {
  const { Username: user, Secret: secret } = parse(answer);
  if (typeof user !== 'string' || typeof secret !== 'string' || secret === '')
    throw failed(program, 'its answer has no Username and Secret');
  // docker/cli, native_store.go: under this name the secret is an identity token, which kubelet cannot use.
  if (user === '<token>') throw failed(program, 'it has an identity token, which kubelet cannot use, and no password');
  return { user, password: new Password(secret) };
}

function parse(answer: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(answer);
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
  } catch {
    return {};
  }
}

function failed(program: string, problem: string): NodemendError {
  return new NodemendError('CREDENTIAL_HELPER_FAILED', { program, problem });
}
