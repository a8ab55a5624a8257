import { type FieldError, invalid } from '../../apimachinery/fielderror.ts';
import { isDNS1123Label, isDNS1123Subdomain } from '../../apimachinery/validation.ts';
import { ageColumn, nameColumn } from '../columns.ts';
import { defaultResourceList } from '../defaults/resources.ts';
import { withChanged } from '../defaults/unset.ts';
import type { RuntimeClass } from '../generated/types.ts';
import type { KindDefinition } from '../kind.ts';
import { checkImmutable } from '../validation/common.ts';
import { validateLabels } from '../validation/labels.ts';
import { checkContainerResources } from '../validation/resources.ts';
import { checkTolerations } from '../validation/scheduling.ts';

/** ValidateRuntimeClass (pkg/apis/node/validation). */
function validate({ handler, overhead, scheduling }: RuntimeClass): readonly FieldError[] {
  const errors: FieldError[] = [];
  for (const complaint of isDNS1123Label(handler ?? '')) errors.push(invalid('handler', handler, complaint));
  if (overhead !== undefined)
    checkContainerResources(errors, 'overhead.podFixed', { limits: overhead.podFixed ?? {} }, new Set());
  if (scheduling !== undefined) {
    errors.push(...validateLabels(scheduling.nodeSelector, 'scheduling.nodeSelector'));
    checkTolerations(errors, 'scheduling.tolerations', scheduling.tolerations ?? []);
  }
  return errors;
}

/** node.k8s.io/v1 RuntimeClass: how the containers of a pod are run, what that costs, and where it can be done. */
export const runtimeClass: KindDefinition<RuntimeClass> = {
  group: 'node.k8s.io',
  version: 'v1',
  kind: 'RuntimeClass',
  plural: 'runtimeclasses',
  singular: 'runtimeclass',
  shortNames: [],
  namespaced: false,
  schemaType: 'RuntimeClass',
  validateName: isDNS1123Subdomain,
  applyDefaults: (object) =>
    withChanged(object, 'overhead', (overhead) => withChanged(overhead, 'podFixed', defaultResourceList)),
  validate,
  validateUpdate(next, old) {
    const errors: FieldError[] = [];
    checkImmutable(errors, 'handler', next.handler, old.handler);
    return errors;
  },
  statusSubresource: false,
  hasGeneration: false,
  allowUnconditionalUpdate: false,
  defaultPropagation: 'Background',
  columns: [nameColumn, { name: 'Handler', cell: ({ handler }) => handler }, ageColumn],
};
