import { semanticEqual } from '../../../src/apimachinery/equal.ts';
import type { Checker } from '../checker.ts';

/** More events at one instant than any storm of timers needs: somebody goes in circles. */
const MOST_AT_ONCE = 5_000;

/** Invariants 1 and 41: revisions and time only grow; a write that changes nothing uses no revision. */
export const revisions: Checker = {
  name: 'revisions grow by one and time never goes back',
  open({ cluster }, { fail, saw }) {
    let last = cluster.revision;
    let time = cluster.sim.now();
    let instant = time;
    let together = 0;
    return {
      commit({ key, modRevision, value, previous, time: at }) {
        if (modRevision !== last && modRevision !== last + 1)
          fail(`${key}: revision ${modRevision} after ${last}`);
        if (at < time) fail(`${key}: written at ${at}, after something written at ${time}`);
        last = modRevision;
        time = at;
        if (value !== undefined && value.metadata.resourceVersion !== String(modRevision))
          fail(`${key}: resourceVersion ${value.metadata.resourceVersion} at revision ${modRevision}`);
        if (value === undefined || previous?.value === undefined) return;
        const before = { ...previous.value.metadata, resourceVersion: '' };
        const after = { ...value.metadata, resourceVersion: '' };
        const same =
          semanticEqual({ ...previous.value, metadata: before }, { ...value, metadata: after }) === true;
        // A server says that it lives by writing the same again, with another lease.
        if (same && !key.startsWith('/registry/masterleases/'))
          fail(`${key}: revision ${modRevision} changed nothing`);
        saw();
      },
      event() {
        const now = cluster.sim.now();
        together = now === instant ? together + 1 : 0;
        instant = now;
        if (together === MOST_AT_ONCE) fail(`${together} events at ${now}`);
      },
    };
  },
};
