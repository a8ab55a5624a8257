import { validateLabels } from '../../api/validation/labels.ts';
import { isQuantityError, parseQuantity, sign } from '../../apimachinery/quantity.ts';
import { NODE_SIZES } from '../nodesizes.ts';
import type { NodeSpec } from '../spec.ts';
import type { FaultDefinition } from './fault.ts';

const QUANTITIES = ['cpu', 'memory'] as const;

/** No fault, but it happens to a cluster all the same: another machine joins, as `kubeadm join` has it. */
export const nodeAdd: FaultDefinition = {
  kind: 'NodeAdd',
  fields: ['node', 'cpu', 'memory', 'labels'],
  effect: 'adds',
  targets(cluster) {
    const node = freeName([...cluster.machines.keys()]);
    return NODE_SIZES.map((size) => ({ node, ...size }));
  },
  inject(cluster, fault) {
    const { node: name, labels = {} } = fault;
    if (typeof name !== 'string' || !/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(name))
      return 'fault NodeAdd needs the name of the new node: lower-case letters, digits and hyphens';
    if (cluster.machines.has(name)) return `there is a node "${name}" already`;
    if (!isTextMap(labels)) return 'fault NodeAdd: labels must be a map of texts';
    const [wrong] = validateLabels(labels, 'labels');
    if (wrong !== undefined) return `fault NodeAdd: ${wrong.field}: ${wrong.detail}`;
    for (const field of QUANTITIES) {
      const given = fault[field];
      if (given !== undefined && !isPositiveQuantity(String(given)))
        return `fault NodeAdd: ${field} must be a quantity such as 4 or 8Gi`;
    }
    const spec: NodeSpec = {
      name,
      labels,
      ...Object.fromEntries(
        QUANTITIES.filter((f) => fault[f] !== undefined).map((f) => [f, String(fault[f])]),
      ),
    };
    cluster.addNode(spec);
    return undefined;
  },
};

/** The next of `node-1`, `node-2`, or whatever the last machine is numbered after. */
function freeName(names: readonly string[]): string {
  const [, stem = 'node-'] = /^(.*\D)\d+$/.exec(names.at(-1) ?? '') ?? [];
  let number = names.length;
  while (names.includes(`${stem}${number}`)) number++;
  return `${stem}${number}`;
}

function isTextMap(value: unknown): value is Readonly<Record<string, string>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((text) => typeof text === 'string');
}

function isPositiveQuantity(text: string): boolean {
  const quantity = parseQuantity(text);
  return !isQuantityError(quantity) && sign(quantity) > 0;
}
