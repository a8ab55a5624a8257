import { child, type FieldError, forbidden } from '../../apimachinery/fielderror.ts';
import type { PodSpec, PodTemplateSpec } from '../generated/types.ts';
import { validateAnnotations, validateLabels } from './labels.ts';
import { validatePodAnnotations } from './podannotations.ts';
import { validatePodSpec } from './podspec.ts';

const NO_SPEC: PodSpec = Object.freeze({ containers: Object.freeze([]) });

/** A pod template (ValidatePodTemplateSpec); `path` is where it stands, e.g. `spec.template`. */
export function validatePodTemplateSpec(template: PodTemplateSpec, path: string): readonly FieldError[] {
  const { metadata = {}, spec = NO_SPEC } = template;
  // Upstream leaves `metadata` out of these two paths.
  const annotationsPath = child(path, 'annotations');
  const errors = [
    ...validateLabels(metadata.labels, child(path, 'labels')),
    ...validateAnnotations(metadata.annotations, annotationsPath),
    ...validatePodAnnotations(metadata.annotations, spec, annotationsPath),
    ...validatePodSpec(spec, child(path, 'spec'), false),
  ];
  if ((spec.ephemeralContainers ?? []).length > 0) {
    const why = 'ephemeral containers not allowed in pod template';
    errors.push(forbidden(child(path, 'spec.ephemeralContainers'), why));
  }
  return errors;
}
