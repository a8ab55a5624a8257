import type { Pod, Toleration } from '../../api/generated/types.ts';
import type { AdmissionPlugin } from './admission.ts';

/** How long pods stay on a node that is not ready or not reachable, in seconds. */
const TOLERATION_SECONDS = 300;

function tolerate(key: string): Toleration {
  return Object.freeze({
    key,
    operator: 'Exists',
    effect: 'NoExecute',
    tolerationSeconds: TOLERATION_SECONDS,
  });
}

const NOT_READY = tolerate('node.kubernetes.io/not-ready');
const UNREACHABLE = tolerate('node.kubernetes.io/unreachable');
/** What most pods get; one list for all of them. */
const BOTH: readonly Toleration[] = Object.freeze([NOT_READY, UNREACHABLE]);

function covers(toleration: Toleration, key: string): boolean {
  const sameKey = toleration.key === key || toleration.key === undefined || toleration.key === '';
  return (
    sameKey &&
    (toleration.effect === 'NoExecute' || toleration.effect === undefined || toleration.effect === '')
  );
}

/**
 * Pods that say nothing of it tolerate five minutes of a node's absence
 * (plugin/pkg/admission/defaulttolerationseconds/admission.go).
 */
export const defaultTolerationSeconds: AdmissionPlugin = {
  name: 'DefaultTolerationSeconds',
  handles: ({ operation, group, resource, subresource }) =>
    group === '' &&
    resource === 'pods' &&
    subresource === '' &&
    (operation === 'CREATE' || operation === 'UPDATE'),
  admit(_request, object) {
    const pod = object as Pod;
    const tolerations = pod.spec.tolerations ?? [];
    if (tolerations.length === 0) return { ...pod, spec: { ...pod.spec, tolerations: BOTH } };
    const missing = BOTH.filter(
      ({ key }) => !tolerations.some((toleration) => covers(toleration, key ?? '')),
    );
    if (missing.length === 0) return pod;
    return { ...pod, spec: { ...pod.spec, tolerations: tolerations.concat(missing) } };
  },
};
