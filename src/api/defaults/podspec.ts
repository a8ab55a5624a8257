import { formatQuantity, quantityFromMilli, quantityFromValue } from '../../apimachinery/quantity.ts';
import type { Container, PodSecurityContext, PodSpec } from '../generated/types.ts';
import { mapShared, withDefaults } from '../kind.ts';
import { podRequests } from '../podrequests.ts';
import { defaultContainer } from './container.ts';
import { defaultResourceList, defaultResources, requestsFromLimits } from './resources.ts';
import { withChanged, withUnset } from './unset.ts';
import { defaultVolume } from './volume.ts';

const NO_SECURITY_CONTEXT: PodSecurityContext = Object.freeze({});
const TEXT_DEFAULTS = {
  dnsPolicy: 'ClusterFirst',
  restartPolicy: 'Always',
  schedulerName: 'default-scheduler',
} as const;
const SPEC_DEFAULTS = {
  // A list that must not be empty, but must be there for whoever sees the pod before it is validated.
  containers: Object.freeze([]) as readonly Container[],
  securityContext: NO_SECURITY_CONTEXT,
  terminationGracePeriodSeconds: 30,
} as const;
const POD_DEFAULTS = { enableServiceLinks: true } as const;

/** Specs are shared by all pods of a template, so each is defaulted once, and its pods share the result. */
const templateSpecs = new WeakMap<PodSpec, PodSpec>();
const podSpecs = new WeakMap<PodSpec, PodSpec>();

/** The defaults a pod spec has in a template (pkg/apis/core/v1/defaults.go SetDefaults_PodSpec and below). */
export function defaultPodSpec(given: PodSpec): PodSpec {
  return remembered(templateSpecs, given, computeTemplateSpec);
}

/** The defaults of a template and those that only a pod itself has (SetDefaults_Pod). */
export function defaultSpecOfPod(given: PodSpec): PodSpec {
  return remembered(podSpecs, given, computePodSpec);
}

function remembered(
  known: WeakMap<PodSpec, PodSpec>,
  given: PodSpec,
  compute: (spec: PodSpec) => PodSpec,
): PodSpec {
  const before = known.get(given);
  if (before !== undefined) return before;
  const result = compute(given);
  known.set(given, result);
  known.set(result, result);
  return result;
}

function computeTemplateSpec(given: PodSpec): PodSpec {
  let spec = withUnset<PodSpec>(given, TEXT_DEFAULTS);
  spec = withDefaults<PodSpec>(spec, SPEC_DEFAULTS);
  spec = withServiceAccount(spec);
  spec = withChanged(spec, 'containers', (list) => mapShared(list, defaultContainer));
  spec = withChanged(spec, 'initContainers', (list) => mapShared(list, defaultContainer));
  spec = withChanged(spec, 'ephemeralContainers', (list) => mapShared(list, defaultContainer));
  spec = withChanged(spec, 'volumes', (list) => mapShared(list, defaultVolume));
  spec = withChanged(spec, 'resources', defaultResources);
  return withChanged(spec, 'overhead', defaultResourceList);
}

function computePodSpec(given: PodSpec): PodSpec {
  let spec = defaultPodSpec(given);
  spec = withDefaults<PodSpec>(spec, POD_DEFAULTS);
  const hostNetwork = spec.hostNetwork === true;
  const change = (container: Container): Container => {
    const next = withChanged(container, 'resources', requestsFromLimits);
    return hostNetwork ? withHostPorts(next) : next;
  };
  spec = withChanged(spec, 'containers', (list) => mapShared(list, change));
  spec = withChanged(spec, 'initContainers', (list) => mapShared(list, change));
  return withPodLevelRequests(spec);
}

/**
 * A pod that is limited as a whole also requests as a whole: what its containers request together, or
 * else the limit (defaultPodRequests).
 */
function withPodLevelRequests(spec: PodSpec): PodSpec {
  const limits = spec.resources?.limits ?? {};
  if (Object.keys(limits).length === 0) return spec;
  const { containers = [], initContainers = [] } = spec;
  const { milliCPU, memory } = podRequests({ containers, initContainers });
  const requests: Record<string, string> = {
    ...limits,
    ...(milliCPU === 0 ? {} : { cpu: formatQuantity(quantityFromMilli(milliCPU)) }),
    ...(memory === 0 ? {} : { memory: formatQuantity(quantityFromValue(memory, 'BinarySI')) }),
    ...spec.resources?.requests,
  };
  return { ...spec, resources: { ...spec.resources, requests } };
}

/** On the host's network each port of a container is the host's (defaultHostNetworkPorts). */
function withHostPorts(container: Container): Container {
  return withChanged(container, 'ports', (ports) =>
    mapShared(ports, (port) =>
      port.hostPort === undefined || port.hostPort === 0 ? { ...port, hostPort: port.containerPort } : port,
    ),
  );
}

/** `serviceAccount` is the old name of `serviceAccountName`: conversion keeps both the same. */
function withServiceAccount(spec: PodSpec): PodSpec {
  const given = spec.serviceAccountName !== undefined && spec.serviceAccountName !== '';
  const name = given ? spec.serviceAccountName : spec.serviceAccount;
  if (name === undefined || name === '') return spec;
  if (spec.serviceAccountName === name && spec.serviceAccount === name) return spec;
  return { ...spec, serviceAccountName: name, serviceAccount: name };
}
