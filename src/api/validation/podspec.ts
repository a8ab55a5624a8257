import {
  child,
  duplicate,
  type FieldError,
  forbidden,
  index,
  invalid,
  notSupported,
  required,
} from '../../apimachinery/fielderror.ts';
import {
  inclusiveRangeError,
  isDNS1123Label,
  isDNS1123Subdomain,
  isDNS1123SubdomainWithUnderscore,
  isValidIP,
} from '../../apimachinery/validation.ts';
import type { PodDNSConfig, PodResourceClaim, PodSpec } from '../generated/types.ts';
import { asInternal, checkEnum, complain, isUnset } from './common.ts';
import { checkContainers, checkEphemeralContainers, checkInitContainers } from './containers.ts';
import { validateLabels } from './labels.ts';
import { checkedOnce } from './once.ts';
import { checkContainerResources, checkPodResources } from './resources.ts';
import { checkAffinity, checkTolerations, checkTopologySpread } from './scheduling.ts';
import { checkPodSecurityContext } from './securitycontext.ts';
import { checkQualifiedName, checkVolumes } from './volumes.ts';

const MAX_INT32 = 2 ** 31 - 1;
const RESTART_POLICIES = ['Always', 'OnFailure', 'Never'] as const;
const DNS_POLICIES = ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None'] as const;
const PREEMPTION_POLICIES = ['PreemptLowerPriority', 'Never'] as const;
const OPERATING_SYSTEMS = ['linux', 'windows'] as const;
const MAX_NAMESERVERS = 3;
const MAX_SEARCH_PATHS = 32;
const MAX_SEARCH_CHARS = 2048;

/** A spec is checked once in each of its roles, whose rules differ. */
const validTemplates = new WeakSet<PodSpec>();

/**
 * The spec of a pod or of a pod template (ValidatePodSpec); defaults are expected to be filled in.
 * Only a pod itself must have host ports already.
 */
export function validatePodSpec(spec: PodSpec, path: string, isPod: boolean): readonly FieldError[] {
  // What was found valid in a pod is remembered by the rules of pods, together with the rest of those.
  return isPod
    ? errorsOf(spec, path, true)
    : checkedOnce(validTemplates, spec, () => errorsOf(spec, path, false));
}

function errorsOf(spec: PodSpec, path: string, isPod: boolean): readonly FieldError[] {
  const errors: FieldError[] = [];
  checkParts(errors, path, spec, isPod);
  checkNames(errors, path, spec);
  return errors;
}

function checkParts(errors: FieldError[], path: string, spec: PodSpec, isPod: boolean): void {
  if (spec.terminationGracePeriodSeconds === undefined) {
    errors.push(required(child(path, 'terminationGracePeriodSeconds')));
  }
  const volumes = checkVolumes(errors, child(path, 'volumes'), spec.volumes);
  const claimNames = checkResourceClaims(errors, child(path, 'resourceClaims'), spec);
  const pod = { spec, volumes, claimNames };
  checkContainers(errors, child(path, 'containers'), pod);
  checkInitContainers(errors, child(path, 'initContainers'), pod);
  checkEphemeralContainers(errors, child(path, 'ephemeralContainers'), pod);
  checkPodResources(errors, child(path, 'resources'), spec.resources);
  checkHostNetworkPorts(errors, child(path, 'containers'), spec, isPod);
  checkEnum(errors, child(path, 'restartPolicy'), spec.restartPolicy, RESTART_POLICIES);
  checkEnum(errors, child(path, 'dnsPolicy'), spec.dnsPolicy, DNS_POLICIES);
  errors.push(...validateLabels(spec.nodeSelector, child(path, 'nodeSelector')));
  checkPodSecurityContext(errors, child(path, 'securityContext'), spec);
  checkAffinity(errors, child(path, 'affinity'), spec.affinity);
  checkDNSConfig(errors, child(path, 'dnsConfig'), spec);
  for (const [i, gate] of (spec.readinessGates ?? []).entries()) {
    checkQualifiedName(
      errors,
      child(index(child(path, 'readinessGates'), i), 'conditionType'),
      gate.conditionType ?? '',
    );
  }
  checkSchedulingGates(errors, child(path, 'schedulingGates'), spec);
  checkTopologySpread(errors, child(path, 'topologySpreadConstraints'), spec.topologySpreadConstraints);
  checkHostUsers(errors, path, spec);
}

/** User ids of one's own do not go together with other namespaces of the host (validateHostUsers). */
function checkHostUsers(errors: FieldError[], path: string, spec: PodSpec): void {
  if (spec.hostUsers !== false) return;
  const shared = [
    ['hostNetwork', spec.hostNetwork],
    ['HostPID', spec.hostPID],
    ['HostIPC', spec.hostIPC],
  ] as const;
  for (const [name, given] of shared)
    if (given === true) errors.push(forbidden(child(path, name), 'when `pod.Spec.HostUsers` is false'));
}

/** Names, numbers and the small fields that need nothing but themselves, in upstream's order. */
function checkNames(errors: FieldError[], path: string, spec: PodSpec): void {
  checkName(errors, child(path, 'serviceAccountName'), spec.serviceAccountName, isDNS1123Subdomain);
  checkName(errors, child(path, 'nodeName'), spec.nodeName, isDNS1123Subdomain);
  const deadline = spec.activeDeadlineSeconds;
  if (deadline !== undefined && (deadline < 1 || deadline > MAX_INT32)) {
    errors.push(invalid(child(path, 'activeDeadlineSeconds'), deadline, inclusiveRangeError(1, MAX_INT32)));
  }
  checkName(errors, child(path, 'hostname'), spec.hostname, isDNS1123Label);
  checkName(errors, child(path, 'subdomain'), spec.subdomain, isDNS1123Label);
  checkTolerations(errors, child(path, 'tolerations'), spec.tolerations);
  for (const [i, alias] of (spec.hostAliases ?? []).entries()) {
    const entry = index(child(path, 'hostAliases'), i);
    complain(errors, child(entry, 'ip'), alias.ip ?? '', isValidIP(alias.ip ?? ''));
    for (const [j, hostname] of (alias.hostnames ?? []).entries()) {
      complain(errors, index(child(entry, 'hostnames'), j), hostname, isDNS1123Subdomain(hostname));
    }
  }
  checkName(errors, child(path, 'priorityClassName'), spec.priorityClassName, isDNS1123Subdomain);
  if (spec.runtimeClassName !== undefined) {
    complain(
      errors,
      child(path, 'runtimeClassName'),
      spec.runtimeClassName,
      isDNS1123Subdomain(spec.runtimeClassName),
    );
  }
  if (spec.preemptionPolicy !== undefined) {
    checkEnum(errors, child(path, 'preemptionPolicy'), spec.preemptionPolicy, PREEMPTION_POLICIES);
  }
  if (spec.overhead !== undefined) {
    checkContainerResources(errors, child(path, 'overhead'), { limits: spec.overhead }, new Set());
  }
  if (spec.os === undefined) return;
  if (isUnset(spec.os.name)) errors.push(required(child(child(path, 'os'), 'name'), 'cannot be empty'));
  else if (!(OPERATING_SYSTEMS as readonly string[]).includes(spec.os.name)) {
    errors.push(notSupported(child(path, 'os'), spec.os.name, OPERATING_SYSTEMS));
  }
}

function checkName(
  errors: FieldError[],
  path: string,
  name: string | undefined,
  validate: (name: string) => readonly string[],
): void {
  if (!isUnset(name)) complain(errors, path, name, validate(name));
}

function checkResourceClaims(errors: FieldError[], path: string, spec: PodSpec): ReadonlySet<string> {
  const names = new Set<string>();
  for (const [i, claim] of (spec.resourceClaims ?? []).entries()) {
    const entry = index(path, i);
    if (isUnset(claim.name)) errors.push(required(child(entry, 'name')));
    else if (names.has(claim.name)) errors.push(duplicate(child(entry, 'name'), claim.name));
    else complain(errors, child(entry, 'name'), claim.name, isDNS1123Label(claim.name));
    if (!isUnset(claim.name)) names.add(claim.name);
    const { resourceClaimName, resourceClaimTemplateName } = claim;
    if (resourceClaimName !== undefined && resourceClaimTemplateName !== undefined) {
      const why = 'at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified';
      errors.push(invalid(entry, shownClaim(claim), why));
    } else if (resourceClaimName === undefined && resourceClaimTemplateName === undefined) {
      const why = 'must specify one of: `resourceClaimName`, `resourceClaimTemplateName`';
      errors.push(invalid(entry, shownClaim(claim), why));
    }
  }
  return names;
}

function shownClaim(claim: PodResourceClaim): object | null {
  return asInternal(claim, ['name', 'resourceClaimName', 'resourceClaimTemplateName']);
}

/** On the host's network a port is the host's port (validatePodHostNetworkDeps). */
function checkHostNetworkPorts(errors: FieldError[], path: string, spec: PodSpec, isPod: boolean): void {
  if (spec.hostNetwork !== true) return;
  for (const [i, container] of (spec.containers ?? []).entries()) {
    for (const [j, { hostPort = 0, containerPort }] of (container.ports ?? []).entries()) {
      if (hostPort === containerPort || (!isPod && hostPort === 0)) continue;
      const entry = index(child(index(path, i), 'ports'), j);
      const why = 'must match `containerPort` when `hostNetwork` is true';
      errors.push(invalid(child(entry, 'hostPort'), hostPort, why));
    }
  }
}

function checkSchedulingGates(errors: FieldError[], path: string, spec: PodSpec): void {
  const seen = new Set<string>();
  for (const [i, { name = '' }] of (spec.schedulingGates ?? []).entries()) {
    checkQualifiedName(errors, index(path, i), name);
    if (seen.has(name)) errors.push(duplicate(index(path, i), name));
    seen.add(name);
  }
}

function checkDNSConfig(errors: FieldError[], path: string, spec: PodSpec): void {
  const config = spec.dnsConfig;
  if (spec.dnsPolicy === 'None') {
    if (config === undefined) {
      errors.push(required(path, 'must provide `dnsConfig` when `dnsPolicy` is None'));
      return;
    }
    if (isUnset(config.nameservers)) {
      const why = 'must provide at least one DNS nameserver when `dnsPolicy` is None';
      errors.push(required(child(path, 'nameservers'), why));
      return;
    }
  }
  if (config !== undefined) checkDNSLists(errors, path, config);
}

function checkDNSLists(errors: FieldError[], path: string, config: PodDNSConfig): void {
  const { nameservers = [], searches = [], options = [] } = config;
  const searchesPath = child(path, 'searches');
  if (nameservers.length > MAX_NAMESERVERS) {
    const why = `must not have more than ${MAX_NAMESERVERS} nameservers`;
    errors.push(invalid(child(path, 'nameservers'), nameservers, why));
  }
  for (const [i, address] of nameservers.entries()) {
    complain(errors, index(child(path, 'nameservers'), i), address, isValidIP(address));
  }
  if (searches.length > MAX_SEARCH_PATHS) {
    errors.push(invalid(searchesPath, searches, `must not have more than ${MAX_SEARCH_PATHS} search paths`));
  }
  if (searches.join(' ').length > MAX_SEARCH_CHARS) {
    const why = `must not have more than ${MAX_SEARCH_CHARS} characters (including spaces) in the search list`;
    errors.push(invalid(searchesPath, searches, why));
  }
  for (const [i, search] of searches.entries()) {
    if (search === '.') continue;
    const domain = search.endsWith('.') ? search.slice(0, -1) : search;
    complain(errors, index(searchesPath, i), domain, isDNS1123SubdomainWithUnderscore(domain));
  }
  for (const [i, option] of options.entries()) {
    if (isUnset(option.name)) errors.push(required(index(child(path, 'options'), i), 'must not be empty'));
  }
}
