import type { Pod, Service } from '../../../src/api/generated/types.ts';
import { pod as podKind } from '../../../src/api/kinds/pod.ts';
import { service as serviceKind } from '../../../src/api/kinds/service.ts';
import type { Checker } from '../checker.ts';

/** Invariant 37: pod addresses, cluster addresses and node ports belong to one holder at a time. */
export const addresses: Checker = {
  name: 'addresses and node ports have one holder',
  open(_, { fail, saw }) {
    const services = new Holders(fail);
    const pods = new Holders(fail);
    return {
      commit({ key, value, previous }) {
        const kind = (value ?? previous?.value)?.kind;
        if (kind === serviceKind.kind) {
          services.hold(key, value === undefined ? [] : ofService(value as Service));
          saw();
        } else if (kind === podKind.kind) {
          pods.hold(key, value === undefined ? [] : ofPod(value as Pod));
          saw();
        }
      },
    };
  },
};

/** Who holds what; each thing has at most one holder. */
class Holders {
  readonly #fail: (message: string) => void;
  readonly #holder = new Map<string, string>();
  readonly #held = new Map<string, readonly string[]>();

  constructor(fail: (message: string) => void) {
    this.#fail = fail;
  }

  hold(key: string, things: readonly string[]): void {
    for (const thing of this.#held.get(key) ?? [])
      if (this.#holder.get(thing) === key) this.#holder.delete(thing);
    for (const thing of things) {
      const other = this.#holder.get(thing);
      if (other !== undefined) this.#fail(`${thing} is held by ${other} and ${key}`);
      this.#holder.set(thing, key);
    }
    this.#held.set(key, things);
  }
}

function ofService({ spec }: Service): readonly string[] {
  const ips = (spec?.clusterIPs ?? []).filter((ip) => ip !== 'None' && ip !== '');
  const ports = (spec?.ports ?? []).filter(({ nodePort }) => nodePort !== undefined && nodePort !== 0);
  return [...ips, ...ports.map(({ nodePort, protocol }) => `${protocol} node port ${nodePort}`)];
}

/** A pod that has ended has given its address back. */
function ofPod({ spec, status }: Pod): readonly string[] {
  if (spec?.hostNetwork === true || status?.phase === 'Succeeded' || status?.phase === 'Failed') return [];
  return status?.podIP === undefined ? [] : [status.podIP];
}
