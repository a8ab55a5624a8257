import { semanticEqual } from '../../apimachinery/equal.ts';
import {
  child,
  type FieldError,
  forbidden,
  invalid,
  notSupported,
  required,
} from '../../apimachinery/fielderror.ts';
import { labelSelectorAsSelector } from '../../apimachinery/labels.ts';
import type { StatefulSet, StatefulSetSpec, StatefulSetUpdateStrategy } from '../generated/types.ts';
import { asInternal, checkNonNegative } from './common.ts';
import { validateLabelSelector } from './labels.ts';
import { checkedOnce, NO_ERRORS } from './once.ts';
import { checkTemplateLabels, checkUnendingTemplate } from './workload.ts';

/** Rules of StatefulSets (pkg/apis/apps/validation/validation.go). */

const SPEC = 'spec';
const SELECTOR = 'spec.selector';
const RETENTION = ['Delete', 'Retain'];

const valid = new WeakSet<StatefulSetSpec>();

/** ValidateStatefulSetSpec. */
export function validateStatefulSetSpec(given: StatefulSetSpec): readonly FieldError[] {
  return checkedOnce(valid, given, (spec) => {
    const errors: FieldError[] = [];
    checkPolicy(errors, spec.podManagementPolicy ?? '');
    checkStrategy(errors, child(SPEC, 'updateStrategy'), spec.updateStrategy ?? {});
    checkRetention(errors, spec);
    checkNonNegative(errors, child(SPEC, 'replicas'), spec.replicas);
    checkNonNegative(errors, child(SPEC, 'minReadySeconds'), spec.minReadySeconds);
    checkNonNegative(errors, child(SPEC, 'revisionHistoryLimit'), spec.revisionHistoryLimit);
    checkNonNegative(errors, child(SPEC, 'ordinals.start'), spec.ordinals?.start);
    checkSelector(errors, spec);
    const selector = labelSelectorAsSelector(spec.selector);
    if ('error' in selector) errors.push(invalid(SELECTOR, spec.selector, ''));
    else if (!selector.isEmpty()) checkTemplateLabels(errors, selector, spec.template);
    checkUnendingTemplate(errors, withClaims(spec), 'StatefulSet');
    return errors;
  });
}

function checkPolicy(errors: FieldError[], policy: string): void {
  const path = child(SPEC, 'podManagementPolicy');
  if (policy === '') errors.push(required(path));
  else if (policy !== 'OrderedReady' && policy !== 'Parallel')
    errors.push(invalid(path, policy, "must be 'OrderedReady' or 'Parallel'"));
}

function checkStrategy(errors: FieldError[], path: string, strategy: StatefulSetUpdateStrategy): void {
  const { type = '', rollingUpdate } = strategy;
  const rollingPath = child(path, 'rollingUpdate');
  if (type === '') errors.push(required(path));
  else if (type === 'RollingUpdate')
    checkNonNegative(errors, child(rollingPath, 'partition'), rollingUpdate?.partition);
  else if (type !== 'OnDelete')
    errors.push(invalid(path, shown(strategy), "must be 'RollingUpdate' or 'OnDelete'"));
  else if (rollingUpdate !== undefined)
    errors.push(
      invalid(rollingPath, shownRolling(strategy), "only allowed for updateStrategy 'RollingUpdate'"),
    );
}

function shownRolling({ rollingUpdate }: StatefulSetUpdateStrategy): object | null {
  return asInternal(rollingUpdate, ['partition', 'maxUnavailable']);
}

function shown(strategy: StatefulSetUpdateStrategy): object | null {
  const { type } = strategy;
  return asInternal({ type, rollingUpdate: shownRolling(strategy) }, ['type', 'rollingUpdate']);
}

function checkRetention(errors: FieldError[], spec: StatefulSetSpec): void {
  const policy = spec.persistentVolumeClaimRetentionPolicy;
  if (policy === undefined) return;
  const path = child(SPEC, 'persistentVolumeClaimRetentionPolicy');
  for (const when of ['whenDeleted', 'whenScaled'] as const) {
    const value = policy[when] ?? '';
    if (!RETENTION.includes(value)) errors.push(notSupported(child(path, when), value, RETENTION));
  }
}

function checkSelector(errors: FieldError[], { selector }: StatefulSetSpec): void {
  if (selector === undefined) {
    errors.push(required(SELECTOR));
    return;
  }
  errors.push(...validateLabelSelector(selector, SELECTOR));
  const count = Object.keys(selector.matchLabels ?? {}).length + (selector.matchExpressions ?? []).length;
  if (count === 0) errors.push(invalid(SELECTOR, selector, 'empty selector is invalid for statefulset'));
}

/** The template as its pods will have it: mounts may name the claims, which become volumes (updateStorage). */
function withClaims({
  template,
  volumeClaimTemplates: claims = [],
}: StatefulSetSpec): StatefulSetSpec['template'] {
  if (claims.length === 0 || template?.spec === undefined) return template;
  const names = new Set(claims.map(({ metadata }) => metadata.name ?? ''));
  const volumes = (template.spec.volumes ?? []).filter(({ name }) => !names.has(name));
  const claimed = [...names].map((name) => ({ name, persistentVolumeClaim: { claimName: name } }));
  return { ...template, spec: { ...template.spec, volumes: [...volumes, ...claimed] } };
}

/** What may be changed afterwards (ValidateStatefulSetUpdate). */
const MUTABLE = [
  'replicas',
  'ordinals',
  'template',
  'updateStrategy',
  'revisionHistoryLimit',
  'persistentVolumeClaimRetentionPolicy',
  'minReadySeconds',
] as const;

const FORBIDDEN =
  "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden";

/** ValidateStatefulSetUpdate. */
export function validateStatefulSetUpdate(next: StatefulSet, old: StatefulSet): readonly FieldError[] {
  if (next.spec === old.spec) return NO_ERRORS;
  const kept: Record<string, unknown> = { ...next.spec };
  for (const field of MUTABLE) kept[field] = old.spec[field];
  return semanticEqual(kept, old.spec) ? NO_ERRORS : [forbidden(SPEC, FORBIDDEN)];
}
