import type { PersistentVolumeClaim } from '../../api/generated/types.ts';
import { claimNamesOf } from '../../api/volumes.ts';
import { StateKey } from '../cyclestate.ts';
import { Action, type ClusterEvent } from '../events.ts';
import type { Plugin, PluginFactory, PreFilterResult } from '../framework.ts';
import type { PodInfo } from '../podinfo.ts';
import { rejection, SKIP, type Status, SUCCESS, WAIT } from '../status.ts';
import { type PodClaims, type Provisional, VolumeBinder } from '../volumebinder.ts';

const NAME = 'VolumeBinding';
/** VolumeBindingArgs.bindTimeoutSeconds, ms. */
const TIMEOUT_MS = 600_000;

const UNBOUND = Object.freeze({
  status: rejection('unresolvable', NAME, 'pod has unbound immediate PersistentVolumeClaims'),
});
const CONFLICT = rejection('unresolvable', NAME, "node(s) didn't match PersistentVolume's node affinity");
const NOT_FOUND = rejection('unresolvable', NAME, "node(s) didn't find available persistent volumes to bind");
const NO_VOLUME = rejection(
  'unresolvable',
  NAME,
  'node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)',
);
const CAN_SKIP: PreFilterResult = Object.freeze({ status: SKIP });
const GO_ON: PreFilterResult = Object.freeze({ status: SUCCESS });

const CLAIMS = new StateKey<PodClaims>(`${NAME}/claims`);
/** What was decided for each node looked at. */
const DECISIONS = new StateKey<Map<string, Provisional>>(`${NAME}/decisions`);
/** Since when the binding is under way. */
const BEGUN = new StateKey<number>(`${NAME}/begun`);

/**
 * Sends a pod only to nodes that can reach the volumes of its claims, and binds the claims that wait
 * for their first consumer (plugins/volumebinding).
 */
export const volumeBinding: PluginFactory = {
  name: NAME,
  create(handle): Plugin {
    const binder = new VolumeBinder(handle);
    return {
      name: NAME,
      events: [
        { resource: 'StorageClass', actions: Action.add | Action.update },
        {
          resource: 'PersistentVolumeClaim',
          actions: Action.add | Action.update,
          hint: (pod, event) => usesClaim(pod, event),
        },
        { resource: 'PersistentVolume', actions: Action.add | Action.update },
        { resource: 'Node', actions: Action.add | Action.nodeLabels },
      ],
      preFilter(state, { pod }) {
        if (claimNamesOf(pod).length === 0) return CAN_SKIP;
        const claims = binder.claimsOf(pod);
        if (typeof claims === 'string') return { status: rejection('unresolvable', NAME, claims) };
        if (claims.immediate.length > 0) return UNBOUND;
        state.write(CLAIMS, claims);
        state.write(DECISIONS, new Map());
        return GO_ON;
      },
      filter(state, _, info) {
        const claims = state.read(CLAIMS);
        if (claims === undefined || info.node === undefined) return SUCCESS;
        const decision = binder.decide(claims, info.node);
        switch (decision) {
          case 'conflict':
            return CONFLICT;
          case 'gone':
            return NO_VOLUME;
          case 'nothing':
            return NOT_FOUND;
          default:
            state.read(DECISIONS)?.set(info.name, decision);
            return SUCCESS;
        }
      },
      reserve(state, _, node) {
        const decision = state.read(DECISIONS)?.get(node);
        if (decision !== undefined) binder.assume(decision, node);
        return SUCCESS;
      },
      unreserve(state, _, node) {
        const decision = state.read(DECISIONS)?.get(node);
        if (decision !== undefined) binder.revert(decision);
      },
      preBind(state, _, node): Status {
        const claims = state.read(CLAIMS);
        const decision = state.read(DECISIONS)?.get(node);
        if (claims === undefined || decision === undefined || claims.delayed.length === 0) return SUCCESS;
        const begun = state.read(BEGUN);
        if (begun === undefined) {
          state.write(BEGUN, handle.process.now());
          const problem = binder.write(decision);
          return problem === undefined ? WAIT : failed(problem);
        }
        const done = binder.isBound(claims, decision, node);
        if (typeof done === 'string') return failed(done);
        if (done) return SUCCESS;
        return handle.process.now() - begun < TIMEOUT_MS ? WAIT : failed('context deadline exceeded');
      },
    };
  },
};

function failed(problem: string): Status {
  return rejection('error', NAME, `running PreBind plugin "${NAME}": binding volumes: ${problem}`);
}

function usesClaim({ pod }: PodInfo, event: ClusterEvent): boolean {
  if (event.resource !== 'PersistentVolumeClaim') return true;
  const claim: PersistentVolumeClaim | undefined = event.after ?? event.before;
  if (claim === undefined || claim.metadata.namespace !== pod.metadata.namespace) return false;
  return claimNamesOf(pod).includes(claim.metadata.name ?? '');
}
