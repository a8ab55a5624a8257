import type { Pod, Taint, Toleration } from './generated/types.ts';

const NONE: readonly Toleration[] = Object.freeze([]);

/** The pod's tolerations; none is an empty list. */
export function tolerationsOf(pod: Pod): readonly Toleration[] {
  return pod.spec.tolerations ?? NONE;
}

/** Whether one toleration tolerates a taint (API core/v1 toleration.go ToleratesTaint). */
export function tolerates(toleration: Toleration, taint: Taint): boolean {
  if (toleration.effect !== undefined && toleration.effect !== '' && toleration.effect !== taint.effect)
    return false;
  if (toleration.key !== undefined && toleration.key !== '' && toleration.key !== taint.key) return false;
  const operator = toleration.operator ?? '';
  if (operator === 'Exists') return true;
  return (operator === '' || operator === 'Equal') && (toleration.value ?? '') === (taint.value ?? '');
}

/** Whether any toleration tolerates the taint. */
export function isTolerated(tolerations: readonly Toleration[], taint: Taint): boolean {
  for (const toleration of tolerations) if (tolerates(toleration, taint)) return true;
  return false;
}

/** Whether every taint is tolerated. */
export function allTolerated(tolerations: readonly Toleration[], taints: readonly Taint[]): boolean {
  for (const taint of taints) if (!isTolerated(tolerations, taint)) return false;
  return true;
}
