import { describe, expect, it } from 'vitest';
import { curlError, goHttpError, urlOf } from '../../src/network/errors.ts';
import { httpReply, httpTarget } from '../../src/network/http.ts';
import type { Exchange, Handler } from '../../src/network/types.ts';
import { type TestNet, testNet } from './testnet.ts';

function fetch(net: TestNet, url: string, timeoutMs = 2000): Exchange {
  const result = httpTarget(url);
  if (!result.ok) throw new Error(result.error);
  return net.fabric.request(net.n1.namespace, result.target, { timeoutMs });
}

function served(handler: Handler): TestNet {
  const net = testNet();
  net.n1.addNamespace('web', '10.244.1.5').listen(8080, handler);
  return net;
}

const URL = 'http://10.244.1.5:8080/healthz';

interface Case {
  readonly name: string;
  readonly net: () => TestNet;
  readonly url: string;
  readonly go: string | undefined;
  readonly curl: string | undefined;
  readonly curlWithMaxTime?: string;
}

const CASES: readonly Case[] = [
  {
    name: 'an answer is no error',
    net: () => served(() => httpReply(200)),
    url: URL,
    go: undefined,
    curl: undefined,
  },
  {
    name: 'a refusal',
    net: () => served(() => httpReply(200)),
    url: 'http://10.244.1.5/',
    go: 'Get "http://10.244.1.5/": dial tcp 10.244.1.5:80: connect: connection refused',
    curl: 'curl: (7) Failed to connect to 10.244.1.5 port 80 after 0 ms: Could not connect to server',
  },
  {
    name: 'a server that does not answer',
    net: () => served(() => ({ type: 'hang' })),
    url: URL,
    go: `Get "${URL}": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`,
    curl: 'curl: (28) Operation timed out after 2000 milliseconds with 0 bytes received',
  },
  {
    name: 'an address that does not answer',
    net: () => testNet(),
    url: 'http://10.96.0.1/',
    go: 'Get "http://10.96.0.1/": context deadline exceeded (Client.Timeout exceeded while awaiting headers)',
    curl: 'curl: (28) Failed to connect to 10.96.0.1 port 80 after 2000 ms: Could not connect to server',
    curlWithMaxTime: 'curl: (28) Connection timed out after 2000 milliseconds',
  },
  {
    name: 'a broken connection',
    net: () => served(() => ({ type: 'reset', latencyMs: 1 })),
    url: URL,
    go: `Get "${URL}": read tcp 192.168.0.11:32768->10.244.1.5:8080: read: connection reset by peer`,
    curl: 'curl: (56) Recv failure: Connection reset by peer',
  },
  {
    name: 'an empty answer',
    net: () => served(() => ({ type: 'close', latencyMs: 1 })),
    url: URL,
    go: `Get "${URL}": EOF`,
    curl: 'curl: (52) Empty reply from server',
  },
  {
    name: 'a name that does not exist',
    net: () => testNet(),
    url: 'http://web/',
    go: 'Get "http://web/": dial tcp: lookup web on 192.168.0.1:53: no such host',
    curl: 'curl: (6) Could not resolve host: web',
  },
];

describe('the error texts of Go and curl', () => {
  it.each(CASES)('name $name', ({ net, url, go, curl, curlWithMaxTime }) => {
    const exchange = fetch(net(), url);
    expect(goHttpError(exchange)).toBe(go);
    expect(curlError(exchange, false)?.text).toBe(curl);
    if (curlWithMaxTime !== undefined) expect(curlError(exchange, true)?.text).toBe(curlWithMaxTime);
  });

  it('say when the name could not be resolved in time', () => {
    const net = testNet();
    net.fabric.links.isolate('n1');
    const exchange = fetch(net, 'http://web/');
    expect(curlError(exchange, true)).toEqual({
      code: 28,
      text: 'curl: (28) Resolving timed out after 2000 milliseconds',
    });
  });

  it('show the port of a URL unless it is the usual one', () => {
    const net = testNet();
    expect(urlOf(fetch(net, 'https://10.96.0.1/x'))).toBe('https://10.96.0.1/x');
    expect(urlOf(fetch(net, 'https://10.96.0.1:80/x'))).toBe('https://10.96.0.1:80/x');
  });
});
