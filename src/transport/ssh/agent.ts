import type { Socket } from 'node:net';
import type { GetStreamCallback, IdentityCallback, ParsedKey } from 'ssh2';
import ssh2 from 'ssh2';
import type { Sentence } from '../../errors/sentences.ts';

/**
 * An agent answers from memory; one that does not within this time (a forwarded socket whose other end is gone) has no
 * keys.
 */
const patienceMs = 3000;

export interface AgentKeys {
  readonly keys: readonly ParsedKey[];
  /** Why there are none. */
  readonly problem?: Sentence;
}

/**
 * A running ssh-agent. Its keys are listed once, not for every connection; keys of kinds that ssh2 does not know are
 * left out.
 */
export class SshAgent {
  readonly #socket: string | undefined;
  #keys: Promise<AgentKeys> | undefined;

  constructor(socket: string | undefined) {
    this.#socket = socket;
  }

  keys(): Promise<AgentKeys> {
    this.#keys ??= listKeys(this.#socket);
    return this.#keys;
  }

  /**
   * An agent that offers this one key and lets the running one sign: by itself ssh2 would offer all of them in turn.
   */
  only(key: ParsedKey): ssh2.OpenSSHAgent {
    return new OneKeyAgent(this.#socket ?? '', key);
  }
}

/**
 * ssh2 opens a connection to the agent for each question. One that is never answered must not keep this process alive.
 */
class PatientAgent extends ssh2.OpenSSHAgent {
  #stream: { destroy(): unknown } | undefined;

  override getStream(callback: GetStreamCallback): void {
    super.getStream((error, stream) => {
      this.#stream = stream ?? undefined;
      (stream as Socket | undefined)?.unref();
      callback(error, stream);
    });
  }

  giveUp(): void {
    this.#stream?.destroy();
  }
}

class OneKeyAgent extends PatientAgent {
  readonly #key: ParsedKey;

  constructor(socket: string, key: ParsedKey) {
    super(socket);
    this.#key = key;
  }

  override getIdentities(callback: IdentityCallback<ParsedKey>): void {
    callback(null, [this.#key]);
  }
}

function listKeys(socket: string | undefined): Promise<AgentKeys> {
  if (socket === undefined) return Promise.resolve({ keys: [], problem: { key: 'ssh.no-agent' } });
  const agent = new PatientAgent(socket);
  return new Promise((resolve) => {
    const silent = setTimeout(() => {
      resolve({ keys: [], problem: { key: 'ssh.agent-silent', params: { socket } } });
      agent.giveUp();
    }, patienceMs);
    agent.getIdentities((error, found) => {
      clearTimeout(silent);
      const keys = (found ?? []) as readonly ParsedKey[];
      if (error) resolve({ keys, problem: { key: 'ssh.agent-away', params: { socket } } });
      else resolve(keys.length === 0 ? { keys, problem: { key: 'ssh.agent-empty' } } : { keys });
    });
  });
}
