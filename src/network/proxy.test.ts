import { describe, expect, test } from 'vitest';
import { chooseProxy } from './proxy.ts';
import { caught } from '../kubernetes/testing/caught.ts';

const chosen = (server: string, environment: NodeJS.ProcessEnv, proxyUrl?: string) =>
  chooseProxy(new URL(server), proxyUrl, environment)?.href;

describe('which proxy', () => {
  test('proxy-url goes before the environment and is not subject to NO_PROXY', () => {
    const environment = { HTTPS_PROXY: 'http://a:1', NO_PROXY: '*' };
    expect(chosen('https://api.example.test:6443', environment, 'http://b:2')).toBe('http://b:2/');
  });

  test('HTTPS_PROXY for https, HTTP_PROXY for http; upper case first; a bare host is an http proxy', () => {
    expect(chosen('https://api:6443', { https_proxy: 'http://lower:1', HTTP_PROXY: 'http://plain:2' })).toBe(
      'http://lower:1/',
    );
    expect(chosen('https://api:6443', { https_proxy: 'http://lower:1', HTTPS_PROXY: 'proxy.example.test:3128' })).toBe(
      'http://proxy.example.test:3128/',
    );
    expect(chosen('http://api:8080', { HTTP_PROXY: 'http://plain:2' })).toBe('http://plain:2/');
    expect(chosen('https://api:6443', {})).toBe(undefined);
  });

  test.each(['https://localhost:6443', 'https://127.0.0.1:6443', 'https://127.9.9.9', 'https://[::1]:6443'])(
    'never for this machine: %s',
    (server) => {
      expect(chosen(server, { HTTPS_PROXY: 'http://a:1' })).toBe(undefined);
    },
  );

  test.each([
    ['*', 'https://api.example.test', true],
    ['example.test', 'https://api.example.test', true],
    ['example.test', 'https://example.test', true],
    ['example.test', 'https://notexample.test', false],
    ['.example.test', 'https://api.example.test', true],
    ['.example.test', 'https://example.test', false],
    ['*.example.test', 'https://api.example.test', true],
    ['a.test, EXAMPLE.test ,b.test', 'https://api.example.test', true],
    ['example.test:6443', 'https://api.example.test:6443', true],
    ['example.test:443', 'https://api.example.test', true],
    ['example.test:443', 'https://api.example.test:6443', false],
    ['10.0.0.0/8', 'https://10.1.2.3:6443', true],
    ['10.0.0.0/8', 'https://11.1.2.3:6443', false],
    ['10.0.0.0/99', 'https://10.1.2.3:6443', false],
    ['10.0.0.0/8', 'https://ten.example.test', false],
    ['10.1.2.3', 'https://10.1.2.3:6443', true],
    ['10.1.2.3', 'https://110.1.2.3:6443', false],
    ['fd00::/8', 'https://[fd00::1]:6443', true],
    ['fd00::1', 'https://[fd00::1]:6443', true],
    ['[fd00::1]:6443', 'https://[fd00::1]:6443', true],
    ['', 'https://api.example.test', false],
    [',,', 'https://api.example.test', false],
  ])('NO_PROXY=%s covers %s: %s', (noProxy, server, covered) => {
    expect(chosen(server, { HTTPS_PROXY: 'http://a:1', NO_PROXY: noProxy }) === undefined).toBe(covered);
  });

  test('a kind that cannot be used is an error that repeats no password', async () => {
    expect(await caught(() => chosen('https://api', {}, 'socks4://joe:secret@proxy:1080'))).toMatchObject({
      code: 'KUBECONFIG_PROXY_UNSUPPORTED',
      params: { proxy: 'socks4://proxy:1080' },
    });
    const nonsense = await caught(() => chosen('https://api', {}, 'http://joe:secret@:x'));
    expect(JSON.stringify([nonsense.message, nonsense.params])).not.toContain('secret');
  });
});
