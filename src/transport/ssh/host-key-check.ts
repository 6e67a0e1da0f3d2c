import { NodemendError } from '../../errors/nodemend-error.ts';
import type { Endpoint } from '../endpoint.ts';
import { keyFingerprint } from '../known-hosts/fingerprint.ts';
import { hostId } from '../known-hosts/host-id.ts';
import { keyTypeOf } from '../known-hosts/known-hosts-line.ts';
import { KnownHostsWriter } from '../known-hosts/known-hosts-writer.ts';
import { KnownHosts, type HostKeyVerdict } from '../known-hosts/known-hosts.ts';
import { readKnownHosts } from '../known-hosts/read-known-hosts.ts';
import { defaultKnownHostsFiles, type TransportSettings } from '../settings.ts';
import type { HostKeyTypes } from './algorithms.ts';

/** What to do with the key that a server presented. */
export type HostKeyDecision =
  | { readonly decision: 'accept'; readonly fingerprint: string }
  /** Accept, and write it down once the server has proved that it owns the key. */
  | { readonly decision: 'accept-new'; readonly fingerprint: string; readonly remember: () => Promise<void> }
  /** Ask the server for a key of one of these types; it has changed if it has none. */
  | { readonly decision: 'ask-for'; readonly types: readonly string[]; readonly otherwise: NodemendError }
  | { readonly decision: 'refuse'; readonly error: NodemendError };

type HostKeySettings = Pick<TransportSettings, 'hostKeyPolicy' | 'knownHostsFiles'>;

/** Decides on host keys for one transport; known_hosts is read once, when the first host is dialled. */
export class HostKeyCheck {
  readonly #settings: HostKeySettings;
  #loading: Promise<Loaded> | undefined;

  constructor(settings: HostKeySettings) {
    this.#settings = settings;
  }

  /** @throws NodemendError KNOWN_HOSTS_UNREADABLE */
  async typesToAskFor({ address, port }: Endpoint): Promise<HostKeyTypes> {
    const { known } = await this.#load();
    return { types: known.likelyTypes(address, port), only: false };
  }

  /** @throws NodemendError KNOWN_HOSTS_UNREADABLE */
  async decide(endpoint: Endpoint, blob: Buffer): Promise<HostKeyDecision> {
    const { known } = await this.#load();
    const fingerprint = keyFingerprint(blob);
    const verdict = known.check(endpoint.address, endpoint.port, blob);
    if (verdict.state === 'known') return { decision: 'accept', fingerprint };
    if (verdict.state === 'unknown' && this.#settings.hostKeyPolicy === 'accept-new') {
      return { decision: 'accept-new', fingerprint, remember: () => this.#remember(endpoint, blob) };
    }
    const error = refusal(endpoint, fingerprint, verdict);
    if (verdict.state !== 'other-types') return { decision: 'refuse', error };
    return { decision: 'ask-for', types: verdict.types, otherwise: error };
  }

  async #remember(endpoint: Endpoint, blob: Buffer): Promise<void> {
    const { known, writer, path } = await this.#load();
    // Another connection to the same address may have been first.
    const verdict = known.check(endpoint.address, endpoint.port, blob);
    if (verdict.state === 'known') return;
    if (verdict.state !== 'unknown') throw refusal(endpoint, keyFingerprint(blob), verdict);
    const line = {
      id: hostId(endpoint.address, endpoint.port),
      keyType: keyTypeOf(blob) ?? '',
      key: blob.toString('base64'),
    };
    known.add({
      marker: undefined,
      hosts: { kind: 'names', names: [line.id] },
      keyType: line.keyType,
      key: line.key,
      place: path,
    });
    await writer.add(line);
  }

  #load(): Promise<Loaded> {
    this.#loading ??= load(this.#settings.knownHostsFiles ?? defaultKnownHostsFiles());
    return this.#loading;
  }
}

interface Loaded {
  readonly known: KnownHosts;
  readonly writer: KnownHostsWriter;
  /** The file that new keys are written to. */
  readonly path: string;
}

async function load(paths: readonly string[]): Promise<Loaded> {
  const [path = ''] = paths;
  const own = await readKnownHosts(paths.slice(0, 1));
  const others = await readKnownHosts(paths.slice(1));
  const hashed = own.some(({ hosts }) => hosts.kind === 'hashed');
  return { known: new KnownHosts([...own, ...others]), writer: new KnownHostsWriter(path, hashed), path };
}

function refusal(endpoint: Endpoint, fingerprint: string, verdict: HostKeyVerdict): NodemendError {
  const { node, address, port } = endpoint;
  const who = {
    node,
    address,
    fingerprint,
    entry: hostId(address, port),
    place: 'place' in verdict ? verdict.place : '',
  };
  switch (verdict.state) {
    case 'revoked':
      return new NodemendError('SSH_HOST_KEY_REVOKED', who);
    case 'certificate-only':
      return new NodemendError('SSH_HOST_CERTIFICATE_ONLY', who);
    case 'changed':
    case 'other-types':
      return new NodemendError('SSH_HOST_KEY_CHANGED', who);
    default:
      return new NodemendError('SSH_HOST_KEY_UNKNOWN', who);
  }
}
