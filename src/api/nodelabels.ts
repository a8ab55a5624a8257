type Labels = Readonly<Record<string, string>> | undefined;

/** Labels under kubernetes.io and k8s.io that kubelets set themselves (kubelet pkg/apis/well_known_labels.go). */
const KUBELET_LABELS: ReadonlySet<string> = new Set([
  'beta.kubernetes.io/arch',
  'beta.kubernetes.io/instance-type',
  'beta.kubernetes.io/os',
  'failure-domain.beta.kubernetes.io/region',
  'failure-domain.beta.kubernetes.io/zone',
  'kubernetes.io/arch',
  'kubernetes.io/hostname',
  'kubernetes.io/os',
  'node.kubernetes.io/instance-type',
  'topology.kubernetes.io/region',
  'topology.kubernetes.io/zone',
]);
const KUBELET_NAMESPACES: readonly string[] = ['kubelet.kubernetes.io', 'node.kubernetes.io'];

/** Whether a kubelet may not give its node a label: only an administrator may. */
export function isAdministratorsLabel(key: string): boolean {
  const slash = key.indexOf('/');
  const namespace = slash < 0 ? '' : key.slice(0, slash);
  if (isOrEndsWith(namespace, 'node-restriction.kubernetes.io')) return true;
  if (!isOrEndsWith(namespace, 'kubernetes.io') && !isOrEndsWith(namespace, 'k8s.io')) return false;
  return !KUBELET_LABELS.has(key) && !KUBELET_NAMESPACES.some((own) => isOrEndsWith(namespace, own));
}

/** The labels that differ and that a kubelet may not touch, sorted. */
export function forbiddenNodeLabels(next: Labels, old: Labels): readonly string[] {
  const keys = new Set([...Object.keys(next ?? {}), ...Object.keys(old ?? {})]);
  return [...keys].filter((key) => next?.[key] !== old?.[key] && isAdministratorsLabel(key)).sort();
}

function isOrEndsWith(namespace: string, domain: string): boolean {
  return namespace === domain || namespace.endsWith(`.${domain}`);
}
