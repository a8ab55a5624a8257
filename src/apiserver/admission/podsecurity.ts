import type { Namespace, Pod, PodSpec, PodTemplateSpec } from '../../api/generated/types.ts';
import { namespace as namespaceKind } from '../../api/kinds/namespace.ts';
import { pod as podKind } from '../../api/kinds/pod.ts';
import type { KubeObject } from '../../api/object.ts';
import {
  LEVELS,
  labelProblems,
  type Policy,
  policyOf,
  policyText,
  violations,
  violationText,
} from '../../api/podsecurity/levels.ts';
import { invalid as invalidField } from '../../apimachinery/fielderror.ts';
import type { Status } from '../../apimachinery/status.ts';
import { type AdmissionRequest, admissionForbidden } from '../context.ts';
import { invalidStatus } from '../write.ts';
import type { AdmissionPlugin } from './admission.ts';

/** Kinds with a template of pods, about which the author is warned. */
const WORKLOADS: ReadonlySet<string> = new Set([
  'cronjobs.batch',
  'daemonsets.apps',
  'deployments.apps',
  'jobs.batch',
  'podtemplates',
  'replicasets.apps',
  'replicationcontrollers',
  'statefulsets.apps',
]);
/** Pods of a namespace that are looked at when its level rises. */
const MAX_PODS = 3000;

/**
 * Holds pods to the level that their namespace's labels name
 * (staging pod-security-admission/admission/admission.go). There is no audit log, so `audit` is read and
 * has no other effect.
 */
export const podSecurity: AdmissionPlugin = {
  name: 'PodSecurity',
  handles: ({ operation, group, resource, subresource }) => {
    if (operation !== 'CREATE' && operation !== 'UPDATE') return false;
    if (group === '' && resource === 'pods')
      return subresource === '' || subresource === 'ephemeralcontainers';
    if (subresource !== '') return false;
    return (
      (group === '' && resource === 'namespaces') ||
      WORKLOADS.has(group === '' ? resource : `${resource}.${group}`)
    );
  },
  validate(request, object) {
    const { kind } = request.ctx.resource;
    if (kind.plural === 'namespaces') return checkNamespace(request, object as Namespace);
    const home = request.ctx.server.lookup<Namespace>(namespaceKind, '', request.namespace);
    const labels = home?.metadata.labels;
    if (labels === undefined) return undefined;
    const warn = policyOf(labels, 'warn');
    if (kind.plural !== 'pods') {
      const template = templateOf(object);
      if (template?.spec !== undefined) warnOf(request, warn, template.spec, template.metadata ?? {});
      return undefined;
    }
    return checkPod(request, object as Pod, policyOf(labels, 'enforce'), warn);
  },
};

function checkPod(request: AdmissionRequest, pod: Pod, enforce: Policy, warn: Policy): Status | undefined {
  if (request.operation === 'UPDATE' && !isChanged(pod.spec, (request.old as Pod).spec)) return undefined;
  const found = violations(enforce, pod.spec, pod.metadata);
  if (found.length > 0) {
    const why = `violates PodSecurity "${policyText(enforce)}": ${violationText(found)}`;
    return admissionForbidden(request.ctx, pod, why);
  }
  warnOf(request, warn, pod.spec, pod.metadata);
  return undefined;
}

/** An update of a pod matters where it changes more than tolerations and deadlines (isSignificantPodUpdate). */
function isChanged(next: PodSpec, old: PodSpec): boolean {
  return (
    next.ephemeralContainers !== old.ephemeralContainers ||
    next.containers.some(({ image }, i) => image !== old.containers[i]?.image) ||
    (next.initContainers ?? []).some(({ image }, i) => image !== old.initContainers?.[i]?.image)
  );
}

function warnOf({ ctx }: AdmissionRequest, policy: Policy, spec: PodSpec, metadata: Pod['metadata']): void {
  const found = violations(policy, spec, metadata);
  if (found.length > 0)
    ctx.warnings.push(`would violate PodSecurity "${policyText(policy)}": ${violationText(found)}`);
}

interface WithTemplate extends KubeObject {
  readonly spec?: {
    readonly template?: PodTemplateSpec;
    readonly jobTemplate?: { readonly spec?: { readonly template?: PodTemplateSpec } };
  };
  readonly template?: PodTemplateSpec;
}

function templateOf(object: KubeObject): PodTemplateSpec | undefined {
  const { spec, template } = object as WithTemplate;
  return spec?.template ?? spec?.jobTemplate?.spec?.template ?? template;
}

function checkNamespace(request: AdmissionRequest, object: Namespace): Status | undefined {
  const { ctx, old } = request;
  const labels = object.metadata.labels;
  const known = new Set(labelProblems(old?.metadata.labels).map(({ label, value }) => `${label}=${value}`));
  const problems = labelProblems(labels).filter(({ label, value }) => !known.has(`${label}=${value}`));
  if (problems.length > 0) {
    const errors = problems.map(({ label, value, why }) =>
      invalidField(`metadata.labels[${label}]`, value, why),
    );
    return invalidStatus(ctx, object.metadata.name ?? '', errors);
  }
  if (old === undefined) return undefined;
  const [before, after] = [policyOf(old.metadata.labels, 'enforce'), policyOf(labels, 'enforce')];
  if (LEVELS.indexOf(after.level) > LEVELS.indexOf(before.level)) warnOfPods(request, object, after);
  return undefined;
}

/** Pods that run already stay; whoever raises the level is told of them (EvaluatePodsInNamespace). */
function warnOfPods({ ctx }: AdmissionRequest, { metadata }: Namespace, policy: Policy): void {
  const { name = '' } = metadata;
  const byText = new Map<string, string[]>();
  let count = 0;
  for (const pod of ctx.server.objects<Pod>(podKind, name)) {
    if (++count > MAX_PODS) break;
    const reasons = violations(policy, pod.spec, pod.metadata).map(({ reason }) => reason);
    if (reasons.length === 0) continue;
    const text = reasons.join(', ');
    byText.set(text, [...(byText.get(text) ?? []), pod.metadata.name ?? '']);
  }
  if (byText.size === 0) return;
  ctx.warnings.push(
    `existing pods in namespace "${name}" violate the new PodSecurity enforce level "${policyText(policy)}"`,
  );
  const lines = [...byText].map(([text, pods]) => {
    const [first = '', ...others] = pods.sort();
    const more =
      others.length === 0 ? '' : ` (and ${others.length} other ${others.length === 1 ? 'pod' : 'pods'})`;
    return `${first}${more}: ${text}`;
  });
  ctx.warnings.push(...lines.sort());
}
