import { createHash } from 'node:crypto';

const lower = 'abcdefghijklmnopqrstuvwxyz';
const upper = lower.toUpperCase();
const digits = '0123456789';
const letters = lower + upper;
const alphanumeric = letters + digits;

/** What tokens are drawn from, by the name that manuals give it. */
const alphabets: Readonly<Record<string, string>> = {
  digits,
  letters,
  upper,
  'upper and digits': upper + digits,
  'lower and digits': lower + digits,
  hex: `${digits}abcdef`,
  'upper hex': `${digits}ABCDEF`,
  base32: `${upper}234567`,
  // BIP 173, as age writes its keys.
  bech32: 'QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L',
  alphanumeric,
  base64: `${alphanumeric}+/`,
  base64url: `${alphanumeric}-_`,
  'of a password': `${alphanumeric}!.+_~^%`,
};

/**
 * Draws made-up secrets by what they are called in the corpus; the same seed draws the same ones. They are never written
 * into a file of the project, where a scanner would take them for real.
 */
export class Draw {
  #bytes: Buffer = Buffer.alloc(0);
  #round = 0;
  readonly #seed: string;

  constructor(seed: string) {
    this.#seed = seed;
  }

  /** `hex 40`, `bytes 32` (in base64), `password`, `jwt`, … @throws Error for what it does not know */
  value(name: string): string {
    const [, alphabet = name, count = ''] = /^(.*?) (\d+)( for a URL)?$/.exec(name) ?? [];
    const length = Number(count);
    if (alphabet === 'bytes') {
      const text = this.#bytesOf(length).toString('base64');
      return name.endsWith(' for a URL') ? encodeURIComponent(text) : text;
    }
    return count === '' ? this.#special(name) : this.#of(alphabet, length);
  }

  #special(name: string): string {
    switch (name) {
      case 'password':
        return this.#password();
      case 'password in base64':
        return Buffer.from(this.#password()).toString('base64');
      case 'basic':
        return this.#basic();
      case 'docker config':
        return Buffer.from(`{"auths":{"r.example":{"auth":"${this.#basic()}"}}}`).toString('base64');
      case 'uuid':
        return [8, 4, 4, 4, 12].map((length) => this.#of('hex', length)).join('-');
      case 'jwt':
        return this.#jwt();
      // Beside it the armour of a key would be one to a scanner.
      case 'BEGIN':
        return name;
      default:
        throw new Error(`the corpus knows no ${name}`);
    }
  }

  #of(alphabet: string, length: number): string {
    const characters = alphabets[alphabet];
    if (characters === undefined) throw new Error(`the corpus knows no alphabet ${alphabet}`);
    return Array.from(this.#bytesOf(length), (byte) => characters[byte % characters.length]).join('');
  }

  /** As people and generators make it: 12 to 19 characters, a letter first, a digit and a capital in it. */
  #password(): string {
    const [length = 0] = this.#bytesOf(1);
    return `${this.#of('letters', 1)}${this.#of('of a password', 9 + (length % 8))}7K`;
  }

  /** `user:password` in base64: what docker keeps as `auth`, and HTTP sends as Basic. */
  #basic(): string {
    return Buffer.from(`ci-robot:${this.#password()}`).toString('base64');
  }

  #jwt(): string {
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const payload = { iss: 'kubernetes/serviceaccount', sub: this.#of('hex', 12) };
    return `${part({ alg: 'RS256', kid: this.#of('alphanumeric', 8) })}.${part(payload)}.${this.#of('base64url', 86)}`;
  }

  #bytesOf(count: number): Buffer {
    while (this.#bytes.length < count) {
      const more = createHash('sha256').update(`${this.#seed}\n${this.#round}`).digest();
      this.#bytes = Buffer.concat([this.#bytes, more]);
      this.#round += 1;
    }
    const taken = this.#bytes.subarray(0, count);
    this.#bytes = this.#bytes.subarray(count);
    return taken;
  }
}
