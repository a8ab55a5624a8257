import { isDNS1123Subdomain } from '../../apimachinery/validation.ts';
import { ageColumn, nameColumn } from '../columns.ts';
import { withMergedLabelKeys } from '../defaults/matchlabelkeys.ts';
import { defaultSpecOfPod } from '../defaults/podspec.ts';
import { withStruct } from '../defaults/unset.ts';
import type { Container, Pod, PodCondition, PodStatus } from '../generated/types.ts';
import { type KindDefinition, withField } from '../kind.ts';
import { podDisplayStatus } from '../podstatus.ts';
import { computeQosClass, type QosClass } from '../qos.ts';
import { validateEphemeralUpdate } from '../validation/ephemeralupdate.ts';
import { validatePod } from '../validation/pod.ts';
import { validatePodUpdate } from '../validation/podupdate.ts';
import { podWarnings } from '../validation/podwarnings.ts';
import { validateResize } from '../validation/resize.ts';

const NEW_STATUS: Readonly<Record<QosClass, PodStatus>> = Object.freeze({
  BestEffort: Object.freeze({ phase: 'Pending', qosClass: 'BestEffort' }),
  Burstable: Object.freeze({ phase: 'Pending', qosClass: 'Burstable' }),
  Guaranteed: Object.freeze({ phase: 'Pending', qosClass: 'Guaranteed' }),
});

const GATED: readonly PodCondition[] = Object.freeze([
  Object.freeze({
    type: 'PodScheduled',
    status: 'False',
    reason: 'SchedulingGated',
    message: 'Scheduling is blocked due to non-empty scheduling gates',
  }),
]);

function prepareForCreate(given: Pod): Pod {
  const pod = withMergedLabelKeys(given);
  const status = NEW_STATUS[computeQosClass(pod.spec)];
  const gated = (pod.spec.schedulingGates ?? []).length > 0;
  return { ...pod, status: gated ? { ...status, conditions: GATED } : status };
}

/** The QoS class is decided at creation: a status that leaves it out keeps it (podStatusStrategy.PrepareForUpdate). */
function prepareForUpdate(next: Pod, old: Pod): Pod {
  const qosClass = old.status?.qosClass;
  if (next.status === undefined || qosClass === undefined || next.status.qosClass !== undefined) return next;
  return { ...next, status: { ...next.status, qosClass } };
}

/** Only its ephemeral containers are taken from what is wished for (dropNonEphemeralContainerUpdates). */
function withEphemeralContainers(wished: Pod, old: Pod): Pod {
  const spec = withField(old.spec, 'ephemeralContainers', wished.spec.ephemeralContainers ?? []);
  return withField(old, 'spec', defaultSpecOfPod(spec));
}

/** Only what its containers ask for is taken from what is wished for (dropNonResizeUpdates). */
function withResources(wished: Pod, old: Pod): Pod {
  const taken = (
    next: readonly Container[] = [],
    before: readonly Container[] = [],
  ): readonly Container[] => {
    const same = next.length === before.length && next.every(({ name }, i) => name === before[i]?.name);
    // What was put in another order is refused by the rules.
    if (!same) return next;
    return before.map((container, i) => {
      const { resources: _r, resizePolicy: _p, ...rest } = container;
      const { resources, resizePolicy } = next[i] as Container;
      return {
        ...rest,
        ...(resources === undefined ? {} : { resources }),
        ...(resizePolicy === undefined ? {} : { resizePolicy }),
      };
    });
  };
  const { containers, initContainers } = wished.spec;
  const spec = {
    ...old.spec,
    containers: taken(containers, old.spec.containers),
    ...(initContainers === undefined && old.spec.initContainers === undefined
      ? {}
      : { initContainers: taken(initContainers, old.spec.initContainers) }),
  };
  return { ...old, spec: defaultSpecOfPod(spec) };
}

/** `true/total` of the readiness gates, `<none>` without any. */
function readinessGatesText(pod: Pod): string {
  const gates = pod.spec.readinessGates ?? [];
  if (gates.length === 0) return '<none>';
  const conditions = pod.status?.conditions ?? [];
  const met = gates.filter(({ conditionType }) =>
    conditions.some((condition) => condition.type === conditionType && condition.status === 'True'),
  );
  return `${met.length}/${gates.length}`;
}

function orNone(text: string | undefined): string {
  return text === undefined || text === '' ? '<none>' : text;
}

/** Pods (pkg/apis/core/v1/defaults.go SetDefaults_Pod, pkg/registry/core/pod/strategy.go). */
export const pod: KindDefinition<Pod> = {
  group: '',
  version: 'v1',
  kind: 'Pod',
  plural: 'pods',
  singular: 'pod',
  shortNames: ['po'],
  categories: ['all'],
  namespaced: true,
  schemaType: 'Pod',
  validateName: isDNS1123Subdomain,
  applyDefaults: (object) => withStruct(object, 'spec', defaultSpecOfPod),
  prepareForCreate,
  prepareForUpdate,
  validate: validatePod,
  validateUpdate: validatePodUpdate,
  warnings: podWarnings,
  statusSubresource: true,
  // Old kubelets broke them (podStatusStrategy.PrepareForUpdate).
  keptByStatusUpdate: ['ownerReferences'],
  hasGeneration: true,
  allowUnconditionalUpdate: true,
  defaultPropagation: 'Background',
  selectableFields: {
    'spec.nodeName': ({ spec }) => spec.nodeName ?? '',
    'spec.restartPolicy': ({ spec }) => spec.restartPolicy ?? '',
    'spec.schedulerName': ({ spec }) => spec.schedulerName ?? '',
    'spec.serviceAccountName': ({ spec }) => spec.serviceAccountName ?? '',
    'spec.hostNetwork': ({ spec }) => String(spec.hostNetwork ?? false),
    'status.phase': ({ status }) => status?.phase ?? '',
    'status.podIP': ({ status }) => status?.podIP ?? status?.podIPs?.[0]?.ip ?? '',
    'status.nominatedNodeName': ({ status }) => status?.nominatedNodeName ?? '',
  },
  subresources: [
    'attach',
    'binding',
    'ephemeralcontainers',
    'eviction',
    'exec',
    'log',
    'portforward',
    'resize',
  ],
  parts: {
    ephemeralcontainers: { prepare: withEphemeralContainers, validateUpdate: validateEphemeralUpdate },
    resize: { prepare: withResources, validateUpdate: validateResize },
  },
  columns: [
    nameColumn,
    { name: 'Ready', cell: (object, now) => podDisplayStatus(object, now).ready },
    { name: 'Status', cell: (object, now) => podDisplayStatus(object, now).status },
    { name: 'Restarts', cell: (object, now) => podDisplayStatus(object, now).restarts },
    ageColumn,
    { name: 'IP', wide: true, cell: ({ status }) => orNone(status?.podIPs?.[0]?.ip ?? status?.podIP) },
    { name: 'Node', wide: true, cell: ({ spec }) => orNone(spec.nodeName) },
    { name: 'Nominated Node', wide: true, cell: ({ status }) => orNone(status?.nominatedNodeName) },
    { name: 'Readiness Gates', wide: true, cell: readinessGatesText },
  ],
};
