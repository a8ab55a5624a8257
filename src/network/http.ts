import type { Headers, HttpReply, HttpRequest, Target } from './types.ts';

const NO_HEADERS: Headers = Object.freeze({});
/** Longer URLs are refused. */
const MAX_URL = 8192;

export interface HttpOptions {
  readonly method?: string;
  /** Names in any case. `host` replaces the URL's host in the request. */
  readonly headers?: Headers;
  readonly body?: string;
}

/** A target, or a sentence saying what is wrong with the URL. */
export type HttpTarget =
  | { readonly ok: true; readonly target: Target & { readonly message: HttpRequest } }
  | { readonly ok: false; readonly error: string };

/** Reads `[http[s]://]host[:port][/path][?query]`; without scheme it is http, as for curl. */
export function httpTarget(url: string, options: HttpOptions = {}): HttpTarget {
  if (url.length > MAX_URL) return { ok: false, error: 'URL is too long' };
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):\/\//.exec(url);
  const name = scheme?.[1]?.toLowerCase() ?? 'http';
  if (name !== 'http' && name !== 'https') return { ok: false, error: `Protocol "${name}" not supported` };
  const rest = url.slice(scheme?.[0].length ?? 0);
  const parts = /^(\[[0-9A-Fa-f:.]+\]|[^\s/?#:@[\]]+)(?::([0-9]{1,5}))?([/?][^#\s]*)?(?:#.*)?$/.exec(rest);
  if (parts?.[1] === undefined) return { ok: false, error: 'URL using bad/illegal format or missing URL' };
  const port = parts[2] === undefined ? (name === 'https' ? 443 : 80) : Number(parts[2]);
  if (port < 1 || port > 65_535)
    return { ok: false, error: 'Port number was not a decimal number between 0 and 65535' };
  const host = parts[1].startsWith('[') ? parts[1].slice(1, -1) : parts[1].toLowerCase();
  const path = parts[3] === undefined ? '/' : parts[3].startsWith('/') ? parts[3] : `/${parts[3]}`;
  const headers = lowerCase(options.headers);
  const message: HttpRequest = {
    protocol: 'http',
    method: options.method ?? 'GET',
    path,
    headers,
    body: options.body ?? '',
    host: hostHeader(headers.host) ?? host,
    ...(name === 'https' ? { tls: true } : {}),
  };
  return { ok: true, target: { host, port, message } };
}

/** An HTTP answer. */
export function httpReply(
  status: number,
  body = '',
  latencyMs = 0,
  headers: Headers = NO_HEADERS,
): HttpReply {
  return { type: 'http', status, headers, body, latencyMs };
}

function lowerCase(headers: Headers | undefined): Headers {
  if (headers === undefined) return NO_HEADERS;
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

/** The Host header without its port. */
function hostHeader(value: string | undefined): string | undefined {
  return value?.toLowerCase().replace(/:[0-9]+$/, '');
}
