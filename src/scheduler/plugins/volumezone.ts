import type { Node, PersistentVolume } from '../../api/generated/types.ts';
import { persistentVolume as volumeKind } from '../../api/kinds/persistentvolume.ts';
import { persistentVolumeClaim as claimKind } from '../../api/kinds/persistentvolumeclaim.ts';
import { makeKey, namespaceOf } from '../../api/object.ts';
import { claimNamesOf } from '../../api/volumes.ts';
import { StateKey } from '../cyclestate.ts';
import { Action } from '../events.ts';
import type { PluginFactory, PreFilterResult } from '../framework.ts';
import { rejection, SKIP, SUCCESS } from '../status.ts';

const NAME = 'VolumeZone';
const REJECTED = rejection('unresolvable', NAME, 'node(s) had no available volume zone');
const CAN_SKIP: PreFilterResult = Object.freeze({ status: SKIP });
const GO_ON: PreFilterResult = Object.freeze({ status: SUCCESS });
const LABELS: readonly string[] = [
  'topology.kubernetes.io/zone',
  'topology.kubernetes.io/region',
  'failure-domain.beta.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/region',
];
/** Between the zones of a volume that is in several. */
const SEPARATOR = '__';

interface Demand {
  readonly key: string;
  readonly values: readonly string[];
}

const DEMANDS = new StateKey<readonly Demand[]>(`${NAME}/demands`);

/** Volumes labelled with a zone or region are used there only (plugins/volumezone). */
export const volumeZone: PluginFactory = {
  name: NAME,
  create({ informers }) {
    const claims = informers.informer(claimKind);
    const volumes = informers.informer(volumeKind);
    return {
      name: NAME,
      events: [
        { resource: 'PersistentVolumeClaim', actions: Action.add | Action.update },
        { resource: 'PersistentVolume', actions: Action.add | Action.update },
        { resource: 'Node', actions: Action.add | Action.nodeLabels },
      ],
      preFilter(state, { pod }) {
        const demands: Demand[] = [];
        for (const name of claimNamesOf(pod)) {
          const claim = claims.get(makeKey(namespaceOf(pod), name));
          const volume = volumes.get(claim?.spec.volumeName ?? '');
          if (volume !== undefined) demands.push(...demandsOf(volume));
        }
        if (demands.length === 0) return CAN_SKIP;
        state.write(DEMANDS, demands);
        return GO_ON;
      },
      filter(state, _, { node }) {
        const demands = state.read(DEMANDS) ?? [];
        return node === undefined || isMet(demands, node) ? SUCCESS : REJECTED;
      },
    };
  },
};

function demandsOf({ metadata }: PersistentVolume): Demand[] {
  return LABELS.flatMap((key) => {
    const value = metadata.labels?.[key];
    return value === undefined ? [] : [{ key, values: value.split(SEPARATOR) }];
  });
}

/** Nodes without any such label are in no zone that could be the wrong one. */
function isMet(demands: readonly Demand[], { metadata }: Node): boolean {
  const labels = metadata.labels ?? {};
  if (!LABELS.some((key) => labels[key] !== undefined)) return true;
  return demands.every(({ key, values }) => values.includes(labels[key] ?? ''));
}
