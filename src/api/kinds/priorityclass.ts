import { type FieldError, forbidden, invalid, notSupported } from '../../apimachinery/fielderror.ts';
import { isDNS1123Subdomain } from '../../apimachinery/validation.ts';
import { ageColumn, nameColumn } from '../columns.ts';
import type { PriorityClass } from '../generated/types.ts';
import type { KindDefinition } from '../kind.ts';

/** Above this only the system's own classes may be. */
const HIGHEST_USER_PRIORITY = 1_000_000_000;
const SYSTEM_PREFIX = 'system-';
/** The classes that every cluster has, and their values (pkg/apis/scheduling/v1/helpers.go). */
const SYSTEM: ReadonlyMap<string, number> = new Map([
  ['system-cluster-critical', 2_000_000_000],
  ['system-node-critical', 2_000_001_000],
]);
const POLICIES: readonly string[] = ['Never', 'PreemptLowerPriority'];
const DEFAULT_POLICY = 'PreemptLowerPriority';

function validate(object: PriorityClass): readonly FieldError[] {
  const { metadata, value = 0, preemptionPolicy } = object;
  const { name = '' } = metadata;
  const errors: FieldError[] = [];
  if (name.startsWith(SYSTEM_PREFIX)) {
    const wanted = SYSTEM.get(name);
    const fits = wanted !== undefined && value === wanted && object.globalDefault !== true;
    if (!fits) {
      const why =
        wanted === undefined
          ? `${name} is not a known system priority class`
          : value === wanted
            ? `globalDefault of ${name} must be false`
            : `value of ${name} PriorityClass must be ${wanted}`;
      const text = `priority class names with '${SYSTEM_PREFIX}' prefix are reserved for system use only. error: ${why}`;
      errors.push(forbidden('metadata.name', text));
    }
  } else if (value > HIGHEST_USER_PRIORITY) {
    const why = `maximum allowed value of a user defined priority is ${HIGHEST_USER_PRIORITY}`;
    errors.push(forbidden('value', why));
  }
  if (preemptionPolicy !== undefined && !POLICIES.includes(preemptionPolicy))
    errors.push(notSupported('preemptionPolicy', preemptionPolicy, POLICIES));
  return errors;
}

function validateUpdate(next: PriorityClass, old: PriorityClass): readonly FieldError[] {
  const errors: FieldError[] = [];
  if ((next.value ?? 0) !== (old.value ?? 0))
    errors.push(forbidden('value', 'may not be changed in an update.'));
  const policy = (object: PriorityClass): string => object.preemptionPolicy ?? DEFAULT_POLICY;
  if (policy(next) !== policy(old))
    errors.push(invalid('preemptionPolicy', next.preemptionPolicy, 'field is immutable'));
  return errors;
}

/** scheduling.k8s.io/v1 PriorityClass: a name for how important a pod is. */
export const priorityClass: KindDefinition<PriorityClass> = {
  group: 'scheduling.k8s.io',
  version: 'v1',
  kind: 'PriorityClass',
  plural: 'priorityclasses',
  singular: 'priorityclass',
  shortNames: ['pc'],
  namespaced: false,
  schemaType: 'PriorityClass',
  validateName: isDNS1123Subdomain,
  applyDefaults: (object) =>
    object.preemptionPolicy === undefined ? { ...object, preemptionPolicy: DEFAULT_POLICY } : object,
  validate,
  validateUpdate,
  statusSubresource: false,
  hasGeneration: true,
  generationChanged: () => false,
  allowUnconditionalUpdate: true,
  defaultPropagation: 'Background',
  columns: [
    nameColumn,
    { name: 'Value', cell: (c) => c.value ?? 0 },
    { name: 'Global-Default', cell: (c) => String(c.globalDefault === true) },
    ageColumn,
    { name: 'PreemptionPolicy', cell: (c) => c.preemptionPolicy ?? '' },
  ],
};
