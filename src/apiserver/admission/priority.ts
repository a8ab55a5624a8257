import type { Pod, PodSpec } from '../../api/generated/types.ts';
import { admissionForbidden } from '../context.ts';
import type { AdmissionPlugin } from './admission.ts';

/** The classes that every cluster has; there is no kind for further ones yet. */
const CLASSES: ReadonlyMap<string, number> = new Map([
  ['system-cluster-critical', 2_000_000_000],
  ['system-node-critical', 2_000_001_000],
]);
const NO_CLASS = 0;
const PREEMPTION_POLICY = 'PreemptLowerPriority';

/**
 * Turns the name of a priority class into the number that the scheduler compares; pods without one
 * have priority 0 (plugin/pkg/admission/priority/admission.go).
 */
export const priority: AdmissionPlugin = {
  name: 'Priority',
  handles: ({ operation, group, resource, subresource }) =>
    operation === 'CREATE' && group === '' && resource === 'pods' && subresource === '',
  admit({ ctx }, object) {
    const pod = object as Pod;
    const { spec } = pod;
    const name = spec.priorityClassName ?? '';
    const value = name === '' ? NO_CLASS : CLASSES.get(name);
    if (value === undefined)
      return admissionForbidden(ctx, pod, `no PriorityClass with name ${name} was found`);
    if (spec.priority !== undefined && spec.priority !== value)
      return admissionForbidden(
        ctx,
        pod,
        `the integer value of priority (${spec.priority}) must not be provided in pod spec; priority admission controller computed ${value} from the given PriorityClass name`,
      );
    const policy = spec.preemptionPolicy ?? PREEMPTION_POLICY;
    if (policy !== PREEMPTION_POLICY)
      return admissionForbidden(
        ctx,
        pod,
        `the string value of PreemptionPolicy (${policy}) must not be provided in pod spec; priority admission controller computed ${PREEMPTION_POLICY} from the given PriorityClass name`,
      );
    const changed: PodSpec = { ...spec, priority: value, preemptionPolicy: policy };
    return { ...pod, spec: changed };
  },
};
