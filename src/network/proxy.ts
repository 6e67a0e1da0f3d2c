import { BlockList, isIP } from 'node:net';
import { NodemendError } from '../errors/nodemend-error.ts';

const supported = new Set(['http:', 'https:', 'socks5:']);

/**
 * The proxy for a server: the kubeconfig's proxy-url, else HTTPS_PROXY (for an http:// server HTTP_PROXY) unless
 * NO_PROXY covers the server; the rules are those of golang.org/x/net/http/httpproxy, which kubectl follows.
 * @throws NodemendError KUBECONFIG_PROXY_UNSUPPORTED.
 */
export function chooseProxy(
  server: URL,
  proxyUrl: string | undefined,
  environment: NodeJS.ProcessEnv,
): URL | undefined {
  if (proxyUrl !== undefined) return parseProxy(proxyUrl, 'proxy-url');
  const name = server.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY';
  const source = environment[name] ? name : name.toLowerCase();
  const value = environment[source];
  if (!value || isExcluded(server, environment['NO_PROXY'] || environment['no_proxy'] || '')) return undefined;
  return parseProxy(value, source);
}

/** A proxy's URL without its password, for messages. */
export function withoutPassword(proxy: URL): string {
  return `${proxy.protocol}//${proxy.host}`;
}

/** @param source what the value is of, as people call it: a variable, or a key of the kubeconfig */
function parseProxy(value: string, source: string): URL {
  const url = URL.parse(value.includes('://') ? value : `http://${value}`);
  // An address that cannot be parsed may hold a password anywhere: it is not repeated.
  if (!url || url.hostname === '')
    throw new NodemendError('KUBECONFIG_PROXY_UNSUPPORTED', { proxy: 'URL', source, context: 'address' });
  if (!supported.has(url.protocol))
    throw new NodemendError('KUBECONFIG_PROXY_UNSUPPORTED', { proxy: withoutPassword(url), source });
  return url;
}

function isExcluded(server: URL, noProxy: string): boolean {
  const host = server.hostname.replace(/^\[|\]$/g, '').toLowerCase();
  const port = server.port || (server.protocol === 'https:' ? '443' : '80');
  if (host === 'localhost' || isLoopback(host)) return true;
  return noProxy.split(',').some((entry) => covers(entry.trim().toLowerCase(), host, port));
}

function isLoopback(host: string): boolean {
  return host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

/** `*`, an address, a CIDR range, `.sub.domains`, `domain.and.below`; names and addresses may carry a port. */
function covers(entry: string, host: string, port: string): boolean {
  if (entry === '*') return true;
  if (entry.includes('/')) return inRange(entry, host);
  const [, name = '', entryPort = port] =
    /^\[?(.*?)\]?(?::(\d+))?$/.exec(isIP(entry) === 6 ? `[${entry}]` : entry) ?? [];
  return name !== '' && entryPort === port && (isIP(name) === 0 ? coversName(name, host) : name === host);
}

function coversName(name: string, host: string): boolean {
  const suffix = name.replace(/^\*?\./, '.');
  return suffix.startsWith('.') ? host.endsWith(suffix) : host === suffix || host.endsWith(`.${suffix}`);
}

function inRange(range: string, host: string): boolean {
  const [network = '', bits = ''] = range.split('/');
  const family = isIP(network);
  if (family === 0 || family !== isIP(host) || !/^\d+$/.test(bits) || Number(bits) > (family === 4 ? 32 : 128))
    return false;
  const list = new BlockList();
  const type = family === 4 ? 'ipv4' : 'ipv6';
  list.addSubnet(network, Number(bits), type);
  return list.check(host, type);
}
