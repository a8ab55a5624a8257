import type { Ingress } from '../../api/generated/types.ts';
import { ingressClassOf } from '../../api/kinds/ingress.ts';
import { DEFAULT_INGRESS_CLASS, ingressClass } from '../../api/kinds/ingressclass.ts';
import { nameOf } from '../../api/object.ts';
import type { AdmissionPlugin } from './admission.ts';

/**
 * An Ingress that names no class gets the default one: of several the newest, then the first by name
 * (plugin/pkg/admission/network/defaultingressclass).
 */
export const defaultIngressClass: AdmissionPlugin = {
  name: 'DefaultIngressClass',
  handles: ({ operation, group, resource, subresource }) =>
    operation === 'CREATE' && group === 'networking.k8s.io' && resource === 'ingresses' && subresource === '',
  admit({ ctx }, object) {
    const given = object as Ingress;
    if (ingressClassOf(given) !== undefined) return given;
    const [chosen] = [...ctx.server.objects(ingressClass)]
      .filter(({ metadata }) => metadata.annotations?.[DEFAULT_INGRESS_CLASS] === 'true')
      .sort((a, b) => {
        const [x, y] = [a.metadata.creationTimestamp ?? '', b.metadata.creationTimestamp ?? ''];
        return x === y ? (nameOf(a) < nameOf(b) ? -1 : 1) : x < y ? 1 : -1;
      });
    if (chosen === undefined) return given;
    const changed: Ingress = { ...given, spec: { ...given.spec, ingressClassName: nameOf(chosen) } };
    return changed;
  },
};
