import type { Node, Taint } from '../../api/generated/types.ts';
import type { AdmissionPlugin } from './admission.ts';

const NOT_READY: Taint = Object.freeze({ key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' });

/** A new node takes no pods until it is ready (plugin/pkg/admission/nodetaint/admission.go). */
export const taintNodesByCondition: AdmissionPlugin = {
  name: 'TaintNodesByCondition',
  handles: ({ operation, group, resource, subresource }) =>
    operation === 'CREATE' && group === '' && resource === 'nodes' && subresource === '',
  admit(_request, object) {
    const node = object as Node;
    const taints = node.spec?.taints ?? [];
    if (taints.some((taint) => taint.key === NOT_READY.key && taint.effect === NOT_READY.effect)) return node;
    return { ...node, spec: { ...node.spec, taints: [...taints, NOT_READY] } } as Node;
  },
};
