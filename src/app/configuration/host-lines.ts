import { nearestName } from '../../errors/did-you-mean.ts';
import { NodemendError } from '../../errors/nodemend-error.ts';
import { userName } from './user-name.ts';
import type { HostLine, HostSettings } from './expand-hosts.ts';

interface Place {
  readonly path: string;
  readonly line: number;
}

/**
 * The line form of a hosts file. A heading `[group]` names the group of the lines below it; `group=` on a line counts
 * more.
 * @throws NodemendError HOSTS_FILE_INVALID
 */
export function parseHostLines(path: string, text: string): readonly HostLine[] {
  const found: HostLine[] = [];
  let heading: string | undefined;
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const words = raw
      .replace(/(?:^|\s)#.*$/, '')
      .trim()
      .split(/\s+/)
      .filter(Boolean);
    const group = words.length === 1 ? /^\[([A-Za-z_][^\]]*)\]$/.exec(words[0] ?? '')?.[1] : undefined;
    if (group !== undefined) heading = group;
    else if (words.length > 0) found.push(parseLine(words, heading, { path, line: index + 1 }));
  }
  return found;
}

function parseLine(words: readonly string[], heading: string | undefined, place: Place): HostLine {
  const [names = '', second] = words;
  if (names.includes('=')) fail(place, 'noName', names);
  const addresses = second !== undefined && !second.includes('=') ? second : undefined;
  const pairs = words.slice(addresses === undefined ? 1 : 2).map((word) => parsePair(word, names, place));
  const group: HostSettings = heading === undefined ? {} : { group: heading };
  return { line: place.line, names, addresses, settings: pairs.reduce((all, pair) => ({ ...all, ...pair }), group) };
}

function parsePair(word: string, names: string, place: Place): HostSettings {
  const [, key = '', value = ''] = /^([^=]*)=(.*)$/.exec(word) ?? [];
  if (key === '') fail(place, 'word', word);
  if (value === '') fail(place, 'empty', key);
  const parse = Object.hasOwn(settings, key) ? settings[key as keyof typeof settings] : undefined;
  return parse ? parse(value, place) : failKey(key, value, names, place);
}

function failKey(key: string, value: string, names: string, place: Place): never {
  const ours = Object.hasOwn(ofAnsible, key) ? ofAnsible[key] : undefined;
  if (ours !== undefined) fail(place, 'ansible', ours(value, names), key);
  const known = Object.keys(settings);
  return fail(place, 'key', nearestName(key, known) ?? known.join(', '), key);
}

/** What each key of a line sets. */
const settings = {
  user: (value: string, place: Place): HostSettings => ({
    user: userName.test(value) ? value : fail(place, 'user', value),
  }),
  port: (value: string, place: Place): HostSettings => ({ port: parsePort(value, place) }),
  group: (value: string): HostSettings => ({ group: value }),
  identity: (value: string): HostSettings => ({ identityFiles: [value] }),
};

/** Keys of Ansible's inventory (docs.ansible.com, "How to build your inventory") as a hosts file has them. */
const ofAnsible: Readonly<Record<string, (value: string, names: string) => string>> = {
  ansible_host: (value, names) => `${names} ${value}`,
  ansible_user: (value) => `user=${value}`,
  ansible_ssh_user: (value) => `user=${value}`,
  ansible_port: (value) => `port=${value}`,
  ansible_ssh_port: (value) => `port=${value}`,
  ansible_ssh_private_key_file: (value) => `identity=${value}`,
  ansible_private_key_file: (value) => `identity=${value}`,
};

function parsePort(value: string, place: Place): number {
  const port = /^\d{1,5}$/.test(value) ? Number(value) : 0;
  if (port < 1 || port > 65_535) fail(place, 'port', value);
  return port;
}

function fail(
  place: Place,
  context: 'noName' | 'word' | 'empty' | 'key' | 'ansible' | 'port' | 'user',
  at: string,
  key = '',
): never {
  throw new NodemendError('HOSTS_FILE_INVALID', { ...place, context, at, key });
}
