import type {
  CustomResourceDefinition,
  CustomResourceDefinitionCondition,
  CustomResourceDefinitionStatus,
} from '../generated/types.ts';

export type DefinitionConditionType =
  | 'Established'
  | 'KubernetesAPIApprovalPolicyConformant'
  | 'NamesAccepted'
  | 'Terminating';

/** The condition of that type, if the definition has one. */
export function conditionOf(
  definition: CustomResourceDefinition,
  type: DefinitionConditionType,
): CustomResourceDefinitionCondition | undefined {
  return definition.status?.conditions?.find((condition) => condition.type === type);
}

/** Whether the condition of that type is True. */
export function isConditionTrue(
  definition: CustomResourceDefinition,
  type: DefinitionConditionType,
): boolean {
  return conditionOf(definition, type)?.status === 'True';
}

/** The status with a condition set; its time changes when its status does (apihelpers.SetCRDCondition). */
export function withCondition(
  status: CustomResourceDefinitionStatus,
  condition: CustomResourceDefinitionCondition & { readonly type: DefinitionConditionType },
  now: string,
): CustomResourceDefinitionStatus {
  const conditions = status.conditions ?? [];
  const old = conditions.find(({ type }) => type === condition.type);
  const since = old?.status === condition.status ? (old.lastTransitionTime ?? now) : now;
  const next = { ...condition, lastTransitionTime: since };
  return {
    ...status,
    conditions:
      old === undefined ? [...conditions, next] : conditions.map((each) => (each === old ? next : each)),
  };
}
