import { defaultPodSpec } from '../defaults/podspec.ts';
import { withStruct } from '../defaults/unset.ts';
import type { ObjectMeta, PodTemplateSpec } from '../generated/types.ts';
import type { Column } from '../kind.ts';
import type { KubeObject } from '../object.ts';

const NO_METADATA: ObjectMeta = Object.freeze({});

/** A pod template with its defaults, as Deployments, ReplicaSets, Jobs and the like have it. */
export function defaultPodTemplate(template: PodTemplateSpec): PodTemplateSpec {
  const described = template.metadata === undefined ? { ...template, metadata: NO_METADATA } : template;
  return withStruct(described, 'spec', defaultPodSpec);
}

/** An object whose spec has a pod template. */
type WithTemplate = KubeObject & { readonly spec: { readonly template?: PodTemplateSpec } };

/** The wide columns CONTAINERS and IMAGES of kinds with a pod template (layoutContainerCells). */
export const containersColumn: Column<WithTemplate> = Object.freeze({
  name: 'Containers',
  wide: true,
  cell: (object: WithTemplate) => (object.spec.template?.spec?.containers ?? []).map((c) => c.name).join(','),
});

export const imagesColumn: Column<WithTemplate> = Object.freeze({
  name: 'Images',
  wide: true,
  cell: (object: WithTemplate) =>
    (object.spec.template?.spec?.containers ?? []).map((c) => c.image ?? '').join(','),
});
