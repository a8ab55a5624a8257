import type { Pod, RuntimeClass, Toleration } from '../../api/generated/types.ts';
import { runtimeClass as runtimeClassKind } from '../../api/kinds/runtimeclass.ts';
import { deepEqual } from '../../apimachinery/equal.ts';
import type { Status } from '../../apimachinery/status.ts';
import { type AdmissionRequest, admissionForbidden } from '../context.ts';
import type { AdmissionPlugin } from './admission.ts';

/**
 * Pods get the overhead of their RuntimeClass and go where it can be run; one that names a class that is not
 * there, or brings an overhead of its own, is refused (plugin/pkg/admission/runtimeclass/admission.go).
 */
export const runtimeClassPlugin: AdmissionPlugin = {
  name: 'RuntimeClass',
  handles: ({ operation, group, resource, subresource }) =>
    operation === 'CREATE' && group === '' && resource === 'pods' && subresource === '',
  admit(request, object) {
    const pod = object as Pod;
    if (pod.spec.runtimeClassName === undefined) return pod;
    const found = classOf(request, pod);
    if ('kind' in found && found.kind === 'Status') return found;
    const { overhead, scheduling } = found as RuntimeClass;
    const fixed = overhead?.podFixed;
    if (fixed !== undefined && pod.spec.overhead !== undefined && !deepEqual(fixed, pod.spec.overhead))
      return refuse(
        request,
        pod,
        "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead",
      );
    const wanted = scheduling?.nodeSelector ?? {};
    for (const [key, value] of Object.entries(wanted)) {
      const own = pod.spec.nodeSelector?.[key];
      if (own !== undefined && own !== value)
        return refuse(
          request,
          pod,
          `conflict: runtimeClass.scheduling.nodeSelector[${key}] = ${value}; pod.spec.nodeSelector[${key}] = ${own}`,
        );
    }
    const spec = {
      ...pod.spec,
      ...(fixed === undefined ? {} : { overhead: fixed }),
      ...(Object.keys(wanted).length === 0 ? {} : { nodeSelector: { ...pod.spec.nodeSelector, ...wanted } }),
      ...(scheduling?.tolerations === undefined
        ? {}
        : { tolerations: merged(pod.spec.tolerations ?? [], scheduling.tolerations) }),
    };
    return deepEqual(spec, pod.spec) ? pod : { ...pod, spec };
  },
  validate(request, object) {
    const { overhead, runtimeClassName } = (object as Pod).spec;
    if (overhead === undefined) return undefined;
    const found = runtimeClassName === undefined ? undefined : classOf(request, object as Pod);
    if (found !== undefined && 'overhead' in found && found.overhead?.podFixed !== undefined)
      return undefined;
    const why = 'pod rejected: Pod overhead set without corresponding RuntimeClass defined Overhead';
    return refuse(request, object as Pod, why);
  },
};

function classOf(request: AdmissionRequest, pod: Pod): RuntimeClass | Status {
  const name = pod.spec.runtimeClassName ?? '';
  const found = request.ctx.server.lookup(runtimeClassKind, '', name);
  return found ?? refuse(request, pod, `pod rejected: RuntimeClass "${name}" not found`);
}

/** The pod's own, and those of the class that it does not have. */
function merged(own: readonly Toleration[], more: readonly Toleration[]): readonly Toleration[] {
  return [...own, ...more.filter((each) => !own.some((mine) => deepEqual(mine, each)))];
}

function refuse({ ctx }: AdmissionRequest, pod: Pod, why: string): Status {
  return admissionForbidden(ctx, pod, why);
}
