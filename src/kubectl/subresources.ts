import { ageColumn, nameColumn } from '../api/columns.ts';
import type { Scale } from '../api/generated/types.ts';
import type { KindDefinition } from '../api/kind.ts';
import type { KubeObject } from '../api/object.ts';
import type { Status } from '../apimachinery/status.ts';
import type { KubectlContext } from './context.ts';
import { isFailed } from './errors.ts';
import { getSubresource } from './requests.ts';
import type { ObjectInfo } from './resources.ts';
import type { Flag } from './verb.ts';

/** `--subresource`; `does` is what the verb does with it. */
export function subresourceFlag(does: string): Flag {
  return {
    name: 'subresource',
    type: 'string',
    usage: `If specified, ${does} will operate on the subresource of the requested object`,
  };
}

/** The infos with what a subresource shows of them; the infos themselves when there is none. */
export function throughSubresource(
  context: KubectlContext,
  infos: readonly ObjectInfo[],
  subresource: string,
): { readonly infos: readonly ObjectInfo[]; readonly errors: readonly (Status | string)[] } {
  if (subresource === '') return { infos, errors: [] };
  const shown: ObjectInfo[] = [];
  const errors: (Status | string)[] = [];
  for (const info of infos) {
    const result = getSubresource(context, info.kind, info.namespace, info.name, subresource);
    if (isFailed(result)) errors.push(result.failure);
    else shown.push({ ...info, kind: kindOf(info.kind, result.object), object: result.object });
  }
  return { infos: shown, errors };
}

const scales = new WeakMap<KindDefinition, KindDefinition>();

/** A Scale has columns of its own (printScale). */
function kindOf(kind: KindDefinition, object: KubeObject): KindDefinition {
  if (object.kind !== 'Scale') return kind;
  let scale = scales.get(kind);
  if (scale === undefined) {
    scale = {
      ...kind,
      columns: [
        nameColumn,
        { name: 'Desired', cell: ({ spec }: Scale) => String(spec?.replicas ?? 0) },
        { name: 'Available', cell: ({ status }: Scale) => String(status?.replicas ?? 0) },
        ageColumn,
      ] as KindDefinition['columns'],
    };
    scales.set(kind, scale);
  }
  return scale;
}
