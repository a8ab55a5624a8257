import type { DnsRecord, DnsReply, Handler } from './types.ts';

/** Seconds that public answers may be kept. */
const PUBLIC_TTL = 300;
const ANSWER_MS = 0.5;
const NXDOMAIN: DnsReply = Object.freeze({
  type: 'dns',
  code: 'NXDOMAIN',
  answers: Object.freeze([]),
  latencyMs: ANSWER_MS,
});
const NODATA: DnsReply = Object.freeze({ ...NXDOMAIN, code: 'NOERROR' });

/** The resolver of the world outside: answers A questions for the names `addressOf` knows. */
export function publicResolver(addressOf: (name: string) => string | undefined): Handler {
  return ({ message }) => {
    if (message.protocol !== 'dns') return { type: 'close', latencyMs: 0 };
    const ip = addressOf(message.name);
    if (ip === undefined) return NXDOMAIN;
    const type = ip.includes(':') ? 'AAAA' : 'A';
    if (message.type !== type) return NODATA;
    const record: DnsRecord = { name: message.name, type, ttl: PUBLIC_TTL, value: ip };
    return { type: 'dns', code: 'NOERROR', answers: [record], latencyMs: ANSWER_MS };
  };
}
