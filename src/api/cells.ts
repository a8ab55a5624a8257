/**
 * What cells of more than one kind's columns have in common (pkg/printers/internalversion/printers.go).
 */

/** Items joined by commas, the first three of `total`: `a,b,c + 2 more...`; `empty` when there are none. */
export function listWithMore(items: readonly string[], total: number, empty: string): string {
  if (items.length === 0) return empty;
  const shown = items.slice(0, 3).join(',');
  return total > 3 ? `${shown} + ${total - 3} more...` : shown;
}

/** Labels as `a=1,b=2` in the order of their keys; `<none>` without any (`labels.FormatLabels`). */
export function formatLabels(labels: Readonly<Record<string, string>> | undefined): string {
  const pairs = Object.entries(labels ?? {}).map(([key, value]) => `${key}=${value}`);
  return pairs.length === 0 ? '<none>' : pairs.sort().join(',');
}

/**
 * The addresses of a load balancer, sorted, by commas (loadBalancerStatusStringer). Upstream cuts them
 * short for who does not ask for wide columns, but the server always makes those.
 */
export function loadBalancerText(
  ingress: readonly { readonly ip?: string; readonly hostname?: string }[] = [],
): string {
  const addresses = ingress.map(({ ip = '', hostname = '' }) => ip || hostname);
  return [...new Set(addresses.filter((address) => address !== ''))].sort().join(',');
}
