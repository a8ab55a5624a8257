import { isQuantityError, parseQuantity } from '../../apimachinery/quantity.ts';
import type { NodeSpec } from '../spec.ts';
import type { FaultDefinition } from './fault.ts';

const QUANTITIES = ['cpu', 'memory'] as const;

/** No fault, but it happens to a cluster all the same: another machine joins, as `kubeadm join` has it. */
export const nodeAdd: FaultDefinition = {
  kind: 'NodeAdd',
  fields: ['node', 'cpu', 'memory', 'labels'],
  inject(cluster, fault) {
    const { node: name, labels = {} } = fault;
    if (typeof name !== 'string' || !/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(name))
      return 'fault NodeAdd needs the name of the new node: lower-case letters, digits and hyphens';
    if (cluster.machines.has(name)) return `there is a node "${name}" already`;
    if (
      typeof labels !== 'object' ||
      labels === null ||
      Object.values(labels).some((v) => typeof v !== 'string')
    )
      return 'fault NodeAdd: labels must be a map of texts';
    for (const field of QUANTITIES) {
      const given = fault[field];
      if (given !== undefined && isQuantityError(parseQuantity(String(given))))
        return `fault NodeAdd: ${field} must be a quantity such as 4 or 8Gi`;
    }
    const spec: NodeSpec = {
      name,
      labels: labels as Readonly<Record<string, string>>,
      ...Object.fromEntries(
        QUANTITIES.filter((f) => fault[f] !== undefined).map((f) => [f, String(fault[f])]),
      ),
    };
    cluster.addNode(spec);
    return undefined;
  },
};
