import type {
  HTTPIngressPath,
  Ingress,
  IngressBackend,
  IngressRule,
  IngressTLS,
} from '../../../api/generated/types.ts';
import { type Failure, fail, failure, isFailed } from '../../errors.ts';
import { atOnce } from '../../run.ts';
import type { Verb } from '../../verb.ts';
import { CREATE_FLAGS, createGenerated, nameArgument } from './generated.ts';

const PATH = 'kubectl create ingress';
const RULE = /^([\w.*-]*)(\/[^=]*)=([\w-]+):([\w-]+)(?:,tls(?:=([\w.-]*))?)?$/;
const BACKEND = /^([\w-]+):([\w-]+)$/;

interface Parsed {
  readonly host: string;
  readonly path: HTTPIngressPath;
  /** Undefined: no TLS; empty: the controller's own certificate. */
  readonly secret: string | undefined;
}

function backendOf(name: string, port: string): IngressBackend {
  return { service: { name, port: /^\d+$/.test(port) ? { number: Number(port) } : { name: port } } };
}

function parseRule(text: string): Parsed | Failure {
  const parts = RULE.exec(text);
  if (parts === null)
    return failure(
      `rule ${text} is invalid and should be in format host/path=svcname:svcport[,tls[=secret]]`,
    );
  const [, host = '', written = '', service = '', port = '', secret] = parts;
  const prefix = written.endsWith('*');
  return {
    host,
    path: {
      path: prefix ? written.slice(0, -1) : written,
      pathType: prefix ? 'Prefix' : 'Exact',
      backend: backendOf(service, port),
    },
    secret: /,tls(=|$)/.test(text) ? (secret ?? '') : undefined,
  };
}

function rulesOf(parsed: readonly Parsed[]): IngressRule[] {
  const hosts = new Map<string, HTTPIngressPath[]>();
  for (const { host, path } of parsed) hosts.set(host, [...(hosts.get(host) ?? []), path]);
  return [...hosts].map(([host, paths]) => ({ ...(host === '' ? {} : { host }), http: { paths } }));
}

function tlsOf(parsed: readonly Parsed[]): IngressTLS[] {
  const secrets = new Map<string, string[]>();
  for (const { host, secret } of parsed) {
    if (secret === undefined) continue;
    const hosts = secrets.get(secret) ?? [];
    secrets.set(secret, host === '' || hosts.includes(host) ? hosts : [...hosts, host]);
  }
  return [...secrets].map(([secretName, hosts]) => ({
    ...(hosts.length === 0 ? {} : { hosts }),
    ...(secretName === '' ? {} : { secretName }),
  }));
}

/** `kubectl create ingress` (pkg/cmd/create/create_ingress.go). */
export const createIngress: Verb = {
  name: 'ingress',
  aliases: ['ing'],
  short: 'Create an ingress with the specified name',
  usage: 'kubectl create ingress NAME --rule=host/path=service:port[,tls[=secret]]',
  examples: `  # Everything below web.example.com goes to port 80 of the service web
  kubectl create ingress web --class=nginx --rule="web.example.com/*=web:80"

  # With a certificate
  kubectl create ingress web --class=nginx --rule="web.example.com/*=web:80,tls=web-cert"`,
  flags: [
    ...CREATE_FLAGS,
    { name: 'class', type: 'string', usage: 'Ingress Class to be used' },
    {
      name: 'rule',
      type: 'strings',
      usage:
        'Rule in format host/path=service:port[,tls=secretname]. Paths containing the leading character * are considered pathType=Prefix',
    },
    {
      name: 'default-backend',
      type: 'string',
      usage: 'Default service for backend, in format of svcname:port',
    },
    {
      name: 'annotation',
      type: 'strings',
      usage: 'Annotation to insert in the ingress object, in the format annotation=value',
    },
  ],
  run: atOnce((context, args) => {
    const named = nameArgument(PATH, args);
    if (isFailed(named)) return fail(context, named.failure);
    const given = rejoined(args.strings('rule'));
    const fallback = args.string('default-backend');
    if (given.length === 0 && fallback === '')
      return fail(
        context,
        'not enough information provided: every ingress has to either specify a default-backend (which catches all traffic) or a list of rules (which catch specific paths)',
      );
    const parsed: Parsed[] = [];
    for (const text of given) {
      const rule = parseRule(text);
      if (isFailed(rule)) return fail(context, rule.failure);
      parsed.push(rule);
    }
    const backend = BACKEND.exec(fallback);
    if (fallback !== '' && backend === null)
      return fail(context, 'default-backend should be in format servicename:serviceport');
    const annotations: Record<string, string> = {};
    for (const text of args.strings('annotation')) {
      const equals = text.indexOf('=');
      if (equals < 1)
        return fail(context, `annotation ${text} is invalid and should be in format key=[value]`);
      annotations[text.slice(0, equals)] = text.slice(equals + 1);
    }
    const tls = tlsOf(parsed);
    const object: Ingress = {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: { name: named.name, ...(Object.keys(annotations).length === 0 ? {} : { annotations }) },
      spec: {
        ...(args.string('class') === '' ? {} : { ingressClassName: args.string('class') }),
        ...(backend === null ? {} : { defaultBackend: backendOf(backend[1] ?? '', backend[2] ?? '') }),
        ...(parsed.length === 0 ? {} : { rules: rulesOf(parsed) }),
        ...(tls.length === 0 ? {} : { tls }),
      },
      status: { loadBalancer: {} },
    };
    return createGenerated(context, args, 'ingresses', object).code;
  }),
};

/** Rules hold a comma before `tls`, at which a list of values is cut. */
function rejoined(values: readonly string[]): string[] {
  const out: string[] = [];
  for (const value of values) {
    if (out.length > 0 && /^tls(=|$)/.test(value)) out.push(`${out.pop()},${value}`);
    else out.push(value);
  }
  return out;
}
