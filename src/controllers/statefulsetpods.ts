import type {
  ControllerRevision,
  PersistentVolumeClaim,
  Pod,
  PodTemplateSpec,
  StatefulSet,
  Volume,
} from '../api/generated/types.ts';
import { statefulSet as statefulSetKind } from '../api/kinds/statefulset.ts';
import { isTerminating, nameOf, namespaceOf } from '../api/object.ts';
import { templateOfRevision } from '../api/revision.ts';
import { isPodReady, newControllerRef, readyCondition } from './ownership.ts';
import { podFromTemplate } from './podcontrol.ts';
import { isAvailableSince } from './replicas.ts';

/** Which pods a StatefulSet has: names, labels and volumes that stay with an ordinal (stateful_set_utils.go). */

/** The label that says which revision a pod is of: the revision's name. */
export const REVISION_LABEL = 'controller-revision-hash';
const POD_NAME_LABEL = 'statefulset.kubernetes.io/pod-name';
const POD_INDEX_LABEL = 'apps.kubernetes.io/pod-index';

/** The first ordinal, `spec.ordinals.start`. */
export function startOrdinal(set: StatefulSet): number {
  return set.spec.ordinals?.start ?? 0;
}

/** The wanted number of pods. */
export function replicasOf(set: StatefulSet): number {
  return set.spec.replicas ?? 1;
}

/** The number at the end of a pod's name, if the rest is the set's name; undefined for anybody else's pod. */
export function ordinalOf(set: StatefulSet, pod: Pod): number | undefined {
  const prefix = `${nameOf(set)}-`;
  const name = nameOf(pod);
  if (!name.startsWith(prefix)) return undefined;
  const rest = name.slice(prefix.length);
  return /^\d{1,9}$/.test(rest) ? Number(rest) : undefined;
}

/** The revision a pod was made from; empty when it does not say. */
export function revisionOfPod(pod: Pod): string {
  return pod.metadata.labels?.[REVISION_LABEL] ?? '';
}

/** Whether the set goes on without waiting for one pod after the other (allowsBurst). */
export function allowsBurst(set: StatefulSet): boolean {
  return set.spec.podManagementPolicy === 'Parallel';
}

export function isRunningAndReady(pod: Pod): boolean {
  return pod.status?.phase === 'Running' && isPodReady(pod);
}

/** Running, and ready for minReadySeconds. `now` in ms. */
export function isAvailable(set: StatefulSet, pod: Pod, now: number): boolean {
  if (!isRunningAndReady(pod)) return false;
  return isAvailableSince(readyCondition(pod)?.lastTransitionTime, set.spec.minReadySeconds ?? 0, now);
}

/** Not (yet) there, not available, or on its way out. */
export function isUnavailable(set: StatefulSet, pod: Pod | undefined, now: number): boolean {
  return pod === undefined || isTerminating(pod) || !isAvailable(set, pod, now);
}

/** The revision that a missing pod is made from: below the partition the current one (newVersionedStatefulSetPod). */
export function revisionFor(
  set: StatefulSet,
  ordinal: number,
  current: ControllerRevision,
  update: ControllerRevision,
): ControllerRevision {
  const { type = 'RollingUpdate', rollingUpdate } = set.spec.updateStrategy ?? {};
  if (type !== 'RollingUpdate') return update;
  const kept =
    rollingUpdate === undefined ? (set.status?.currentReplicas ?? 0) : (rollingUpdate.partition ?? 0);
  return ordinal < startOrdinal(set) + kept ? current : update;
}

/** The pod of an ordinal at a revision (newStatefulSetPod). */
export function statefulPod(set: StatefulSet, ordinal: number, revision: ControllerRevision): Pod {
  const template = templateOfRevision(revision) ?? set.spec.template;
  const name = `${nameOf(set)}-${ordinal}`;
  const labels = {
    ...template.metadata?.labels,
    ...identityLabels(name, ordinal),
    [REVISION_LABEL]: nameOf(revision),
  };
  const { serviceName = '' } = set.spec;
  const identified: PodTemplateSpec = {
    metadata: { ...template.metadata, labels },
    spec: {
      ...(template.spec ?? { containers: [] }),
      hostname: name,
      ...(serviceName === '' ? {} : { subdomain: serviceName }),
      ...volumesOf(set, template, ordinal),
    },
  };
  const names = { name, generateName: `${nameOf(set)}-` };
  return podFromTemplate(identified, namespaceOf(set), names, newControllerRef(statefulSetKind, set));
}

function identityLabels(name: string, ordinal: number): Readonly<Record<string, string>> {
  return { [POD_NAME_LABEL]: name, [POD_INDEX_LABEL]: String(ordinal) };
}

/** The labels that a pod of an ordinal lacks; undefined when its identity is complete (identityMatches). */
export function missingIdentity(pod: Pod, ordinal: number): Readonly<Record<string, string>> | undefined {
  const wanted = identityLabels(nameOf(pod), ordinal);
  const labels = pod.metadata.labels ?? {};
  return Object.entries(wanted).every(([key, value]) => labels[key] === value) ? undefined : wanted;
}

/** The name of an ordinal's claim: `<template>-<set>-<ordinal>`. */
export function claimName(set: StatefulSet, template: PersistentVolumeClaim, ordinal: number): string {
  return `${nameOf(template)}-${nameOf(set)}-${ordinal}`;
}

/** The template's volumes, those named like a claim template replaced by that claim (updateStorage). */
function volumesOf(
  set: StatefulSet,
  template: PodTemplateSpec,
  ordinal: number,
): { readonly volumes?: readonly Volume[] } {
  const claims = set.spec.volumeClaimTemplates ?? [];
  const given = template.spec?.volumes;
  if (claims.length === 0) return given === undefined ? {} : { volumes: given };
  const names = new Set(claims.map(nameOf));
  const claimed = claims.map((claim): Volume => {
    return { name: nameOf(claim), persistentVolumeClaim: { claimName: claimName(set, claim, ordinal) } };
  });
  return { volumes: [...claimed, ...(given ?? []).filter(({ name }) => !names.has(name))] };
}
