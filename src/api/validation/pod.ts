import { child, type FieldError, forbidden, index } from '../../apimachinery/fielderror.ts';
import type { Pod, PodSpec } from '../generated/types.ts';
import { isUnset } from './common.ts';
import { checkImageWhitespace } from './containers.ts';
import { checkedOnce } from './once.ts';
import { validatePodAnnotations } from './podannotations.ts';
import { validatePodSpec } from './podspec.ts';

const validSpecs = new WeakSet<PodSpec>();

/** A pod, at creation and after each change (ValidatePodCreate, validatePodMetadataAndSpec). */
export function validatePod(pod: Pod): readonly FieldError[] {
  const { spec } = pod;
  const annotations = validatePodAnnotations(pod.metadata.annotations, spec, 'metadata.annotations');
  const errors = checkedOnce(validSpecs, spec, checkSpec);
  const creation = isUnset(pod.metadata.resourceVersion) ? checkCreation(spec) : [];
  return annotations.length + creation.length === 0 ? errors : [...annotations, ...errors, ...creation];
}

function checkSpec(spec: PodSpec): readonly FieldError[] {
  const errors = [...validatePodSpec(spec, 'spec', true)];
  if (isUnset(spec.serviceAccountName)) checkNoTokens(errors, spec);
  for (const kind of ['containers', 'initContainers'] as const) {
    for (const [i, container] of (spec[kind] ?? []).entries()) {
      checkImageWhitespace(errors, index(child('spec', kind), i), container);
    }
  }
  return errors;
}

function checkNoTokens(errors: FieldError[], spec: PodSpec): void {
  for (const [i, volume] of (spec.volumes ?? []).entries()) {
    for (const [j, source] of (volume.projected?.sources ?? []).entries()) {
      if (source.serviceAccountToken === undefined) continue;
      const path = `spec.volumes[${i}].projected.sources[${j}].serviceAccountToken`;
      errors.push(forbidden(path, 'must not be specified when serviceAccountName is not set'));
    }
  }
}

/** What a pod may come to have, but not be created with. */
function checkCreation(spec: PodSpec): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (!isUnset(spec.ephemeralContainers)) {
    errors.push(forbidden('spec.ephemeralContainers', 'cannot be set on create'));
  }
  if (!isUnset(spec.nodeName) && !isUnset(spec.schedulingGates)) {
    errors.push(forbidden('spec.nodeName', 'cannot be set until all schedulingGates have been cleared'));
  }
  return errors;
}
