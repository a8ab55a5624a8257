import type { Node } from '../../api/generated/types.ts';
import { node as nodeKind } from '../../api/kinds/node.ts';
import { nameOf } from '../../api/object.ts';
import { silentKubelet } from './components.ts';
import type { Wait, WaitRule } from './wait.ts';

/** A node waits for its kubelet, for its pressures to pass, and for somebody to uncordon it. */
export const nodeWaits: WaitRule<Node> = {
  kind: nodeKind,
  waits: (node, view) => {
    const { node: words } = view.words;
    const waits: Wait[] = [];
    const silent = silentKubelet(nameOf(node), view);
    if (silent !== undefined)
      waits.push({ text: silent.text, look: `ssh ${nameOf(node)} systemctl status kubelet` });
    for (const { type, status, message = '' } of node.status?.conditions ?? [])
      if (type === 'Ready') {
        if (status === 'False') waits.push({ text: words.notReady(message) });
      } else if (status === 'True') waits.push({ text: words.pressure(type, message) });
    if (node.spec?.unschedulable === true) waits.push({ text: words.cordoned });
    return waits;
  },
};
