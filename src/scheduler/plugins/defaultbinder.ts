import type { Binding } from '../../api/generated/types.ts';
import { pod as podKind } from '../../api/kinds/pod.ts';
import { nameOf, namespaceOf } from '../../api/object.ts';
import type { PluginFactory } from '../framework.ts';
import { rejection, SUCCESS } from '../status.ts';

const NAME = 'DefaultBinder';

/** Writes the pod's node through its `binding` subresource (plugins/defaultbinder). */
export const defaultBinder: PluginFactory = {
  name: NAME,
  create: ({ client }) => ({
    name: NAME,
    bind(_, { pod, uid }, node) {
      const [name, namespace] = [nameOf(pod), namespaceOf(pod)];
      const binding: Binding = {
        apiVersion: 'v1',
        kind: 'Binding',
        metadata: { name, namespace, uid },
        target: { kind: 'Node', name: node },
      };
      const result = client.createSubresource(podKind, name, namespace, 'binding', binding);
      if (result.ok) return SUCCESS;
      const why = result.status.message ?? result.status.reason ?? 'unknown';
      return rejection('error', NAME, `running Bind plugin "${NAME}": ${why}`);
    },
  }),
};
