import type { AnyAuthMethod, ParsedKey } from 'ssh2';
import type { Sentence } from '../../errors/sentences.ts';
import { Limiter } from '../limiter.ts';
import type { TransportSettings } from '../settings.ts';
import { SshAgent } from './agent.ts';
import { readIdentity, unlockIdentity, unusable, type Identity } from './identity-file.ts';

/** One key that is offered to a server. */
export interface Offer {
  /** For people: the file, or the agent's comment on the key. */
  readonly label: string;
  readonly method: (username: string) => AnyAuthMethod;
}

export interface Offers {
  readonly offers: readonly Offer[];
  /** What was not offered, and why. */
  readonly leftOut: readonly Sentence[];
}

/** Why something cannot be had. */
interface Refused {
  readonly why: Sentence;
}

type KeyringSettings = Pick<TransportSettings, 'agentSocket' | 'defaultIdentityFiles' | 'askPassphrase'>;

/**
 * sshd's MaxAuthTries is 6 by default: more offers than that end the connection, and are counted against our address.
 */
const mostOffers = 6;
const passphraseTries = 3;

/** The keys of one transport: every file read and every passphrase asked for once, however many nodes there are. */
export class Keyring {
  readonly #settings: KeyringSettings;
  readonly #agent: SshAgent;
  readonly #offers = new Map<string, Promise<Offers>>();
  readonly #unlocked = new Map<string, Promise<{ readonly key: ParsedKey } | Refused>>();
  /** One question at a time. */
  readonly #asking = new Limiter(1);

  constructor(settings: KeyringSettings) {
    this.#settings = settings;
    this.#agent = new SshAgent(settings.agentSocket);
  }

  /**
   * What to offer for a target that names these files. The agent signs for a key that it holds, so no passphrase is
   * asked for. With no file named: all keys of the agent, then the default files.
   * @throws NodemendError SSH_IDENTITY_UNUSABLE for a named file.
   */
  offersFor(identityFiles: readonly string[]): Promise<Offers> {
    const name = JSON.stringify(identityFiles);
    const known = this.#offers.get(name);
    if (known) return known;
    const found = identityFiles.length > 0 ? this.#named(identityFiles) : this.#default();
    this.#offers.set(name, found);
    return found;
  }

  async #named(paths: readonly string[]): Promise<Offers> {
    const offers: Offer[] = [];
    for (const path of paths) {
      const identity = await readIdentity(path);
      const offer = (await this.#throughAgent(identity)) ?? (await this.#fromFile(identity));
      if ('why' in offer) throw unusable(path, offer.why);
      offers.push(offer);
    }
    return atMost(offers, []);
  }

  async #default(): Promise<Offers> {
    const { keys, problem } = await this.#agent.keys();
    const offers = keys.map((key) => this.#agentOffer(key));
    const leftOut = problem === undefined ? [] : [problem];
    const encrypted: Identity[] = [];
    for (const path of this.#settings.defaultIdentityFiles) {
      const identity = await readIdentity(path).catch(() => undefined);
      if (identity === undefined || identity.kind === 'public' || (await this.#throughAgent(identity))) continue;
      if (identity.kind === 'encrypted') encrypted.push(identity);
      else offers.push(fileOffer(identity.path, identity.key));
    }
    // A person is asked only when there is nothing else.
    for (const identity of encrypted) {
      const offer = offers.length === 0 ? await this.#fromFile(identity) : { why: { key: 'ssh.encrypted' } };
      if ('why' in offer) leftOut.push({ key: 'ssh.key', params: { name: identity.path, why: [offer.why] } });
      else offers.push(offer);
    }
    return atMost(offers, leftOut);
  }

  async #throughAgent({ blob }: Identity): Promise<Offer | undefined> {
    const { keys } = await this.#agent.keys();
    const held = blob && keys.find((key) => key.getPublicSSH().equals(blob));
    return held && this.#agentOffer(held);
  }

  #agentOffer(key: ParsedKey): Offer {
    const agent = this.#agent.only(key);
    return {
      label: `${key.comment || key.type} (ssh-agent)`,
      method: (username) => ({ type: 'agent', username, agent }),
    };
  }

  async #fromFile(identity: Identity): Promise<Offer | Refused> {
    if (identity.kind === 'public') return { why: { key: 'ssh.public' } };
    if (identity.kind === 'private') return fileOffer(identity.path, identity.key);
    const asked = this.#unlocked.get(identity.path) ?? this.#asking.run(() => this.#unlock(identity));
    this.#unlocked.set(identity.path, asked);
    const unlocked = await asked;
    return 'why' in unlocked ? unlocked : fileOffer(identity.path, unlocked.key);
  }

  async #unlock(identity: {
    readonly path: string;
    readonly text: string;
  }): Promise<{ readonly key: ParsedKey } | Refused> {
    const { askPassphrase } = this.#settings;
    if (!askPassphrase) return { why: { key: 'ssh.encrypted-unasked' } };
    for (let attempt = 1; attempt <= passphraseTries; attempt++) {
      const passphrase = await askPassphrase(identity.path, attempt);
      if (passphrase === undefined) return { why: { key: 'ssh.no-passphrase' } };
      const key = unlockIdentity(identity, passphrase);
      if (key) return { key };
    }
    return { why: { key: 'ssh.wrong-passphrase' } };
  }
}

function fileOffer(path: string, key: ParsedKey): Offer {
  return { label: path, method: (username) => ({ type: 'publickey', username, key }) };
}

function atMost(offers: readonly Offer[], leftOut: readonly Sentence[]): Offers {
  const why: readonly Sentence[] = [{ key: 'ssh.tries', params: { count: mostOffers } }];
  const over = offers.slice(mostOffers).map(({ label }) => ({ key: 'ssh.key', params: { name: label, why } }));
  return { offers: offers.slice(0, mostOffers), leftOut: [...leftOut, ...over] };
}
