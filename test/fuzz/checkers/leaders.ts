import type { Lease } from '../../../src/api/generated/types.ts';
import type { Checker } from '../checker.ts';

/** Of whom one leads: their Leases in kube-system. */
const LED: readonly string[] = ['kube-scheduler', 'kube-controller-manager'];

/** Nobody takes a lead that another one has renewed within its duration (client-go tools/leaderelection). */
export const leaders: Checker = {
  name: 'a lead is taken only when it has run out',
  open(_, { fail, saw }) {
    const renewed = new Map<string, number>();
    return {
      commit({ key, value, previous, time }) {
        if (value?.kind !== 'Lease' || !LED.includes(value.metadata.name ?? '')) return;
        const [lease, old] = [value as Lease, previous?.value as Lease | undefined];
        const [now, before] = [lease.spec.holderIdentity ?? '', old?.spec.holderIdentity ?? ''];
        const last = renewed.get(key);
        renewed.set(key, time);
        if (before === '' || now === before || last === undefined) return;
        saw();
        const duration = (old?.spec.leaseDurationSeconds ?? 15) * 1000;
        if (time - last < duration)
          fail(`${key}: ${now} took the lead ${time - last} ms after ${before} renewed it`);
      },
    };
  },
};
