import type { ConfigMap, Container, EnvFromSource, EnvVar, Secret, Service } from '../api/generated/types.ts';
import { nameOf, namespaceOf } from '../api/object.ts';
import { base64DecodeText } from '../apimachinery/base64.ts';
import type { EnvEntry } from './cri.ts';
import { expand } from './expansion.ts';
import { fieldValue, type PodFacts, resourceValue } from './fieldpath.ts';
import type { Lookup } from './objectcache.ts';
import { isStaticPod } from './podtext.ts';

/** Where the values of environment variables come from. */
export interface EnvSources {
  configMap(namespace: string, name: string): Lookup<ConfigMap>;
  secret(namespace: string, name: string): Lookup<Secret>;
  /** The services a pod of the namespace learns of; undefined while they have not been read yet. */
  services(namespace: string): readonly Service[] | undefined;
}

export type EnvResult =
  | { readonly ok: true; readonly env: readonly EnvEntry[]; readonly values: ReadonlyMap<string, string> }
  | { readonly ok: false; readonly error: string };

type Vars = Map<string, string>;

/**
 * A container's environment (kubelet_pods.go makeEnvironmentVariables): envFrom, then env in order with
 * `$(VAR)` of what came before, then the variables of services where nothing else took the name.
 */
export function makeEnvironment(facts: PodFacts, container: Container, sources: EnvSources): EnvResult {
  const services = serviceVariables(facts, sources);
  if (services === undefined)
    return { ok: false, error: 'services have not yet been read at least once, cannot construct envvars' };
  const vars: Vars = new Map();
  for (const source of container.envFrom ?? []) {
    const error = addAll(facts, source, vars, sources);
    if (error !== undefined) return { ok: false, error };
  }
  const lookup = (name: string): string | undefined => vars.get(name) ?? services.get(name)?.value;
  for (const variable of container.env ?? []) {
    const error = addOne(facts, container, variable, vars, sources, lookup);
    if (error !== undefined) return { ok: false, error };
  }
  const env: EnvEntry[] = Array.from(vars, ([name, value]) => ({ name, value }));
  for (const entry of services.values()) {
    if (vars.has(entry.name)) continue;
    vars.set(entry.name, entry.value);
    env.push(entry);
  }
  return { ok: true, env: shared(env), values: vars };
}

/** Most containers have the environment of the one before: they share the list, and keep no other. */
let last: readonly EnvEntry[] = [];

function shared(env: readonly EnvEntry[]): readonly EnvEntry[] {
  const same = env.length === last.length && env.every((entry, i) => entry === last[i]);
  // A copy has no room to spare, as a list that was grown has.
  if (!same) last = Object.freeze(env.slice());
  return last;
}

function serviceVariables(facts: PodFacts, sources: EnvSources): ReadonlyMap<string, EnvEntry> | undefined {
  const namespace = namespaceOf(facts.pod);
  const services = sources.services(namespace);
  // Static pods run before there is an API server to ask.
  if (services === undefined) return isStaticPod(facts.pod) ? new Map() : undefined;
  const links = facts.pod.spec.enableServiceLinks !== false;
  const vars = new Map<string, EnvEntry>();
  for (const service of services) {
    const master = nameOf(service) === 'kubernetes' && namespaceOf(service) === 'default';
    if (!master && !(links && namespaceOf(service) === namespace)) continue;
    for (const entry of entriesOf(service)) vars.set(entry.name, entry);
  }
  return vars;
}

/** The text that a Secret's value encodes; what is no base64 gives an empty text. */
function decodeText(value: string): string {
  return base64DecodeText(value) ?? '';
}

/** Variables of services, made once for each version of a Service: every container has them. */
const serviceEntries = new WeakMap<Service, readonly EnvEntry[]>();

/** `WEB_SERVICE_HOST` and the docker-link variables of one service (pkg/kubelet/envvars). */
function entriesOf(service: Service): readonly EnvEntry[] {
  const made = serviceEntries.get(service);
  if (made !== undefined) return made;
  const { clusterIP = '', ports = [] } = service.spec;
  const first = ports[0];
  const entries: EnvEntry[] = [];
  const add = (name: string, value: string): void => void entries.push(Object.freeze({ name, value }));
  if (clusterIP !== '' && clusterIP !== 'None' && first !== undefined) {
    const name = variableName(nameOf(service));
    add(`${name}_SERVICE_HOST`, clusterIP);
    add(`${name}_SERVICE_PORT`, String(first.port));
    for (const port of ports) {
      if (port.name) add(`${name}_SERVICE_PORT_${variableName(port.name)}`, String(port.port));
    }
    for (const [i, { port, protocol = 'TCP' }] of ports.entries()) {
      const url = `${protocol.toLowerCase()}://${clusterIP}:${port}`;
      const prefix = `${name}_PORT_${port}_${protocol}`;
      if (i === 0) add(`${name}_PORT`, url);
      add(prefix, url);
      add(`${prefix}_PROTO`, protocol.toLowerCase());
      add(`${prefix}_PORT`, String(port));
      add(`${prefix}_ADDR`, clusterIP);
    }
  }
  serviceEntries.set(service, entries);
  return entries;
}

function variableName(name: string): string {
  return name.replaceAll('-', '_').toUpperCase();
}

function addAll(facts: PodFacts, source: EnvFromSource, vars: Vars, sources: EnvSources): string | undefined {
  const { configMapRef, secretRef, prefix = '' } = source;
  const namespace = namespaceOf(facts.pod);
  if (configMapRef?.name) {
    const found = sources.configMap(namespace, configMapRef.name);
    if (!found.ok) return found.notFound && configMapRef.optional === true ? undefined : found.error;
    addEntries(found.object.data, prefix, vars, (value) => value);
  }
  if (secretRef?.name) {
    const found = sources.secret(namespace, secretRef.name);
    if (!found.ok) return found.notFound && secretRef.optional === true ? undefined : found.error;
    addEntries(found.object.data, prefix, vars, decodeText);
  }
  return undefined;
}

function addEntries(
  data: Readonly<Record<string, string>> | undefined,
  prefix: string,
  vars: Vars,
  decode: (value: string) => string,
): void {
  for (const key of Object.keys(data ?? {}).sort()) vars.set(prefix + key, decode(data?.[key] ?? ''));
}

function addOne(
  facts: PodFacts,
  container: Container,
  variable: EnvVar,
  vars: Vars,
  sources: EnvSources,
  lookup: (name: string) => string | undefined,
): string | undefined {
  const { name, value, valueFrom } = variable;
  if (valueFrom === undefined) {
    vars.set(name, expand(value ?? '', lookup));
    return undefined;
  }
  const { fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef } = valueFrom;
  if (configMapKeyRef !== undefined || secretKeyRef !== undefined)
    return addKey(facts, variable, vars, sources);
  if (fieldRef !== undefined) {
    const result = fieldValue(facts, fieldRef.fieldPath);
    if (!result.ok) return result.error;
    vars.set(name, result.text);
  } else if (resourceFieldRef !== undefined) {
    const of = resourceFieldRef.containerName;
    const all = [...facts.pod.spec.containers, ...(facts.pod.spec.initContainers ?? [])];
    const result = resourceValue(facts, all.find((c) => c.name === of) ?? container, resourceFieldRef);
    if (!result.ok) return result.error;
    vars.set(name, result.text);
  }
  return undefined;
}

function addKey(facts: PodFacts, variable: EnvVar, vars: Vars, sources: EnvSources): string | undefined {
  const namespace = namespaceOf(facts.pod);
  const { configMapKeyRef, secretKeyRef } = variable.valueFrom ?? {};
  const ref = configMapKeyRef ?? secretKeyRef;
  if (ref === undefined) return undefined;
  const refName = ref.name ?? '';
  const found =
    configMapKeyRef === undefined
      ? sources.secret(namespace, refName)
      : sources.configMap(namespace, refName);
  const optional = ref.optional === true;
  if (!found.ok) return found.notFound && optional ? undefined : found.error;
  const value = Object.hasOwn(found.object.data ?? {}, ref.key) ? found.object.data?.[ref.key] : undefined;
  if (value === undefined) {
    const kind = configMapKeyRef === undefined ? 'Secret' : 'ConfigMap';
    return optional ? undefined : `couldn't find key ${ref.key} in ${kind} ${namespace}/${refName}`;
  }
  vars.set(variable.name, configMapKeyRef === undefined ? decodeText(value) : value);
  return undefined;
}
