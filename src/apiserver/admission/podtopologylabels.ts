import type { Binding } from '../../api/generated/types.ts';
import { node } from '../../api/kinds/node.ts';
import type { AdmissionPlugin } from './admission.ts';

const TOPOLOGY_LABELS: readonly string[] = ['topology.kubernetes.io/zone', 'topology.kubernetes.io/region'];

/** A pod that is bound learns where its node is (plugin/pkg/admission/podtopologylabels/admission.go). */
export const podTopologyLabels: AdmissionPlugin = {
  name: 'PodTopologyLabels',
  handles: ({ operation, group, resource, subresource }) =>
    operation === 'CREATE' && group === '' && resource === 'pods' && subresource === 'binding',
  admit(request, object) {
    const binding = object as Binding;
    const labels = request.ctx.server.lookup(node, '', binding.target.name ?? '')?.metadata.labels;
    if (labels === undefined) return binding;
    const known: Record<string, string> = {};
    for (const key of TOPOLOGY_LABELS) {
      const value = labels[key];
      if (value !== undefined) known[key] = value;
    }
    if (Object.keys(known).length === 0) return binding;
    return {
      ...binding,
      metadata: { ...binding.metadata, labels: { ...binding.metadata.labels, ...known } },
    };
  },
};
