import type { Pod } from '../../../src/api/generated/types.ts';
import { kindByGVK } from '../../../src/api/kinds/registry.ts';
import type { KubeObject } from '../../../src/api/object.ts';
import type { Checker } from '../checker.ts';

/** Invariant 9: every stored object is valid, complete with its defaults, and frozen. */
export const stored: Checker = {
  name: 'stored objects are valid, defaulted and frozen',
  open(_, { fail, saw }) {
    return {
      commit({ key, value, previous }) {
        if (value === undefined) return;
        if (!Object.isFrozen(value) || !Object.isFrozen(value.metadata)) fail(`${key}: is not frozen`);
        const spec = (value as { spec?: unknown }).spec;
        const old = previous?.value as { spec?: unknown } | undefined;
        // Status writes share the spec: what was valid stays so.
        if (old !== undefined && spec !== undefined && old.spec === spec) return;
        const kind = kindByGVK(value.apiVersion, value.kind);
        if (kind === undefined) {
          fail(`${key}: of an unknown kind ${value.apiVersion} ${value.kind}`);
          return;
        }
        const errors = kind.validate(value);
        if (errors.length > 0)
          fail(`${key}: ${errors.map(({ field, detail }) => `${field}: ${detail}`).join('; ')}`);
        const again = kind.applyDefaults(value);
        if (again !== value && JSON.stringify(again) !== JSON.stringify(value))
          fail(`${key}: lacks defaults`);
        if (old !== undefined && !isBinding(previous?.value, value)) {
          const refused = kind.validateUpdate?.(value, previous?.value as typeof value) ?? [];
          if (refused.length > 0)
            fail(`${key}: ${refused.map(({ field, detail }) => `${field}: ${detail}`).join('; ')}`);
        }
        saw();
      },
    };
  },
};

/** A binding names the pod's node, which no update may. */
function isBinding(old: KubeObject | undefined, next: KubeObject): boolean {
  return old?.kind === 'Pod' && (old as Pod).spec?.nodeName !== (next as Pod).spec?.nodeName;
}
