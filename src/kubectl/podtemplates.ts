import type { Container, PodSpec, PodTemplateSpec } from '../api/generated/types.ts';
import type { KubeObject } from '../api/object.ts';
import type { LabelSelector } from '../apimachinery/labels.ts';
import { labelSelectorAsSelector, type Selector, selectorFromSet } from '../apimachinery/labels.ts';

/** The parts of workloads that kubectl reads and changes, whatever their kind. */

interface Workload extends KubeObject {
  readonly spec?: {
    readonly template?: PodTemplateSpec;
    readonly selector?: unknown;
    readonly containers?: readonly Container[];
    readonly jobTemplate?: { readonly spec?: { readonly template?: PodTemplateSpec } };
  };
}

/** The pod spec in a pod, a workload or a cron job; undefined in anything else. */
export function podSpecOf(object: KubeObject): PodSpec | undefined {
  const spec = (object as Workload).spec;
  if (object.kind === 'Pod') return spec as PodSpec | undefined;
  return spec?.template?.spec ?? spec?.jobTemplate?.spec?.template?.spec;
}

/** The object with another pod spec in the same place. */
export function withPodSpec(object: KubeObject, podSpec: PodSpec): KubeObject {
  if (podSpecOf(object) === podSpec) return object;
  const { spec } = object as Workload;
  if (object.kind === 'Pod') return { ...object, spec: podSpec } as KubeObject;
  if (spec?.template !== undefined)
    return { ...object, spec: { ...spec, template: { ...spec.template, spec: podSpec } } } as KubeObject;
  const job = spec?.jobTemplate;
  const template = { ...job?.spec?.template, spec: podSpec };
  return {
    ...object,
    spec: { ...spec, jobTemplate: { ...job, spec: { ...job?.spec, template } } },
  } as KubeObject;
}

/** The pod template of a workload. */
export function templateOf(object: KubeObject): PodTemplateSpec | undefined {
  return (object as Workload).spec?.template;
}

/** Which pods are a workload's: a ReplicationController and a Service select by a plain map. */
export function podSelectorOf(object: KubeObject): Selector | undefined {
  const selector = (object as Workload).spec?.selector;
  if (selector === undefined || selector === null || typeof selector !== 'object') return undefined;
  if (object.kind === 'ReplicationController' || object.kind === 'Service')
    return selectorFromSet(selector as Readonly<Record<string, string>>);
  const compiled = labelSelectorAsSelector(selector as LabelSelector);
  return 'error' in compiled ? undefined : compiled;
}
