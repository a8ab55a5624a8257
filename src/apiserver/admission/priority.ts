import type { Pod, PriorityClass } from '../../api/generated/types.ts';
import { priorityClass } from '../../api/kinds/priorityclass.ts';
import type { KubeObject } from '../../api/object.ts';
import type { Status } from '../../apimachinery/status.ts';
import { type AdmissionRequest, admissionForbidden, type Backend } from '../context.ts';
import type { AdmissionPlugin } from './admission.ts';

const GROUP = 'scheduling.k8s.io';
const PREEMPT = 'PreemptLowerPriority';

/** What a pod without a class of its own gets. */
const NO_CLASS: Pick<PriorityClass, 'value' | 'preemptionPolicy'> = Object.freeze({
  value: 0,
  preemptionPolicy: PREEMPT,
});

/**
 * Turns the name of a priority class into the number that the scheduler compares; pods without one get
 * the class that is the default, or priority 0 (plugin/pkg/admission/priority/admission.go).
 */
export const priority: AdmissionPlugin = {
  name: 'Priority',
  handles: ({ operation, group, resource, subresource }) => {
    if (subresource !== '' || (operation !== 'CREATE' && operation !== 'UPDATE')) return false;
    if (group === GROUP && resource === 'priorityclasses') return true;
    return operation === 'CREATE' && group === '' && resource === 'pods';
  },
  admit(request, object) {
    return request.ctx.resource.kind.group === GROUP ? object : withPriority(request, object as Pod);
  },
  validate(request, object) {
    return request.ctx.resource.kind.group === GROUP ? onlyOneDefault(request, object) : undefined;
  },
};

function withPriority({ ctx }: AdmissionRequest, pod: Pod): Pod | Status {
  const { spec } = pod;
  const name = spec.priorityClassName ?? '';
  const given = name === '' ? defaultClass(ctx.server) : ctx.server.lookup(priorityClass, '', name);
  if (name !== '' && given === undefined)
    return admissionForbidden(ctx, pod, `no PriorityClass with name ${name} was found`);
  const { value = 0, preemptionPolicy = PREEMPT } = given ?? NO_CLASS;
  if (spec.priority !== undefined && spec.priority !== value)
    return admissionForbidden(
      ctx,
      pod,
      `the integer value of priority (${spec.priority}) must not be provided in pod spec; priority admission controller computed ${value} from the given PriorityClass name`,
    );
  if (spec.preemptionPolicy !== undefined && spec.preemptionPolicy !== preemptionPolicy)
    return admissionForbidden(
      ctx,
      pod,
      `the string value of PreemptionPolicy (${spec.preemptionPolicy}) must not be provided in pod spec; priority admission controller computed ${preemptionPolicy} from the given PriorityClass name`,
    );
  const className = given?.metadata?.name ?? name;
  return {
    ...pod,
    spec: {
      ...spec,
      ...(className === '' ? {} : { priorityClassName: className }),
      priority: value,
      preemptionPolicy,
    },
  };
}

/** The class that is the default; of several, which cannot be at once, the least. */
function defaultClass(server: Backend): PriorityClass | undefined {
  let found: PriorityClass | undefined;
  for (const candidate of server.objects<PriorityClass>(priorityClass))
    if (
      candidate.globalDefault === true &&
      (found === undefined || (candidate.value ?? 0) < (found.value ?? 0))
    )
      found = candidate;
  return found;
}

function onlyOneDefault({ ctx }: AdmissionRequest, object: KubeObject): Status | undefined {
  if ((object as PriorityClass).globalDefault !== true) return undefined;
  const other = defaultClass(ctx.server);
  if (other === undefined || other.metadata.name === object.metadata.name) return undefined;
  const why = `PriorityClass ${other.metadata.name} is already marked as default. Only one default can exist`;
  return admissionForbidden(ctx, object, why);
}
