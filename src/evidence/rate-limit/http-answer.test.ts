import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseShownAnswer } from './http-answer.ts';

test.each([
  [
    'curl --head',
    'HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer realm="x"\r\nContent-Length: 2\r\n\r\n',
    { status: 401, headers: { 'www-authenticate': 'Bearer realm="x"', 'content-length': '2' }, body: '' },
  ],
  [
    'curl --include, over HTTP/2',
    'HTTP/2 200 \r\ncontent-type: application/json\r\n\r\n{"token":"a\\nb"}',
    { status: 200, headers: { 'content-type': 'application/json' }, body: '{"token":"a\\nb"}' },
  ],
  [
    'curl through a proxy',
    'HTTP/1.1 200 Connection established\r\n\r\nHTTP/1.1 429 Too Many Requests\r\nRetry-After: 5\r\n\r\n',
    { status: 429, headers: { 'retry-after': '5' }, body: '' },
  ],
  [
    'wget',
    '  HTTP/1.1 200 OK\n  ratelimit-limit: 100;w=21600\n  Server: x\n{"token":"a"}',
    { status: 200, headers: { 'ratelimit-limit': '100;w=21600', server: 'x' }, body: '{"token":"a"}' },
  ],
  [
    'two challenges',
    'HTTP/1.1 401 No\nWWW-Authenticate: Basic realm="a"\nWWW-Authenticate: Bearer realm="b"\n\n',
    { status: 401, headers: { 'www-authenticate': 'Basic realm="a", Bearer realm="b"' }, body: '' },
  ],
  ['an error of curl', 'curl: (6) Could not resolve host: x\n', undefined],
  ['nothing', '', undefined],
])('%s', (_name, text, answer) => {
  expect(parseShownAnswer(text)).toEqual(answer);
});

test('it never throws', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('HTTP/1.1 200 OK', '\r\n', '\n', 'a: b', ':', ' ', '{') }),
      (text) => parseShownAnswer(text)?.status !== 0,
    ),
  );
});
