import {
  child,
  type FieldError,
  forbidden,
  invalid,
  notSupported,
  required,
} from '../../apimachinery/fielderror.ts';
import { percentOf } from '../../apimachinery/intorstring.ts';
import { labelSelectorAsSelector, type Selector, selectorFromSet } from '../../apimachinery/labels.ts';
import { isValidPercent } from '../../apimachinery/validation.ts';
import type {
  DaemonSetSpec,
  DaemonSetUpdateStrategy,
  DeploymentSpec,
  DeploymentStrategy,
  IntOrString,
  LabelSelector,
  PodTemplateSpec,
  ReplicaSetSpec,
  ReplicationControllerSpec,
} from '../generated/types.ts';
import { asInternal, checkImmutable, checkNonNegative, complain } from './common.ts';
import { validateLabelSelector } from './labels.ts';
import { checkedOnce, NO_ERRORS } from './once.ts';
import { validatePodTemplateSpec } from './podtemplate.ts';

/** Rules of the kinds that run pods from a template (pkg/apis/apps/validation/validation.go). */

const SPEC = 'spec';
const TEMPLATE = 'spec.template';
const SELECTOR = 'spec.selector';

const validDeployments = new WeakSet<DeploymentSpec>();
const validReplicaSets = new WeakSet<ReplicaSetSpec>();
const validDaemonSets = new WeakSet<DaemonSetSpec>();
const validControllers = new WeakSet<ReplicationControllerSpec>();

/** ValidateDeploymentSpec. */
export function validateDeploymentSpec(given: DeploymentSpec): readonly FieldError[] {
  return checkedOnce(validDeployments, given, (spec) => {
    const errors: FieldError[] = [];
    checkNonNegative(errors, child(SPEC, 'replicas'), spec.replicas);
    checkSelectorAndTemplate(errors, spec, 'ReplicaSet');
    checkDeploymentStrategy(errors, child(SPEC, 'strategy'), spec.strategy ?? {});
    checkNonNegative(errors, child(SPEC, 'minReadySeconds'), spec.minReadySeconds);
    checkNonNegative(errors, child(SPEC, 'revisionHistoryLimit'), spec.revisionHistoryLimit);
    const deadline = spec.progressDeadlineSeconds;
    if (deadline !== undefined) {
      const path = child(SPEC, 'progressDeadlineSeconds');
      checkNonNegative(errors, path, deadline);
      if (deadline <= (spec.minReadySeconds ?? 0)) {
        errors.push(invalid(path, deadline, 'must be greater than minReadySeconds'));
      }
    }
    return errors;
  });
}

/** ValidateReplicaSetSpec. */
export function validateReplicaSetSpec(given: ReplicaSetSpec): readonly FieldError[] {
  return checkedOnce(validReplicaSets, given, (spec) => {
    const errors: FieldError[] = [];
    checkNonNegative(errors, child(SPEC, 'replicas'), spec.replicas);
    checkNonNegative(errors, child(SPEC, 'minReadySeconds'), spec.minReadySeconds);
    checkSelectorAndTemplate(errors, spec, 'ReplicaSet');
    return errors;
  });
}

/** ValidateDaemonSetSpec. */
export function validateDaemonSetSpec(given: DaemonSetSpec): readonly FieldError[] {
  return checkedOnce(validDaemonSets, given, (spec) => {
    const errors = [...validateLabelSelector(spec.selector, SELECTOR)];
    const selector = labelSelectorAsSelector(spec.selector);
    if (!('error' in selector)) checkTemplateLabels(errors, selector, spec.template);
    checkNotEmpty(errors, spec.selector, 'daemonset');
    checkUnendingTemplate(errors, spec.template, 'DaemonSet');
    checkNonNegative(errors, child(SPEC, 'minReadySeconds'), spec.minReadySeconds);
    checkDaemonSetStrategy(errors, child(SPEC, 'updateStrategy'), spec.updateStrategy ?? {});
    checkNonNegative(errors, child(SPEC, 'revisionHistoryLimit'), spec.revisionHistoryLimit);
    return errors;
  });
}

/** ValidateReplicationControllerSpec. */
export function validateReplicationControllerSpec(given: ReplicationControllerSpec): readonly FieldError[] {
  return checkedOnce(validControllers, given, (spec) => {
    const errors: FieldError[] = [];
    checkNonNegative(errors, child(SPEC, 'minReadySeconds'), spec.minReadySeconds);
    const selector = selectorFromSet(spec.selector);
    if (selector.isEmpty()) errors.push(required(SELECTOR));
    checkNonNegative(errors, child(SPEC, 'replicas'), spec.replicas);
    if (!selector.isEmpty() && spec.template !== undefined)
      checkTemplateLabels(errors, selector, spec.template);
    checkUnendingTemplate(errors, spec.template, 'ReplicationController');
    return errors;
  });
}

/** A selector decides whose pods are whose, so it stays (ValidateDeploymentUpdate and its like in apps/v1). */
export function validateSelectorUnchanged(
  next: { readonly selector?: LabelSelector },
  old: { readonly selector?: LabelSelector },
): readonly FieldError[] {
  if (next === old || next.selector === old.selector) return NO_ERRORS;
  const errors: FieldError[] = [];
  checkImmutable(errors, SELECTOR, next.selector, old.selector);
  return errors;
}

interface WithSelector {
  readonly selector?: LabelSelector;
  readonly template?: PodTemplateSpec;
}

/** What Deployments and ReplicaSets have in common. */
function checkSelectorAndTemplate(errors: FieldError[], spec: WithSelector, kind: string): void {
  if (spec.selector === undefined) errors.push(required(SELECTOR));
  else {
    errors.push(...validateLabelSelector(spec.selector, SELECTOR));
    checkNotEmpty(errors, spec.selector, 'deployment');
  }
  const selector = labelSelectorAsSelector(spec.selector);
  if ('error' in selector) {
    errors.push(invalid(SELECTOR, spec.selector, 'invalid label selector'));
    return;
  }
  if (spec.template !== undefined && !selector.isEmpty())
    checkTemplateLabels(errors, selector, spec.template);
  checkUnendingTemplate(errors, spec.template, kind);
}

function checkNotEmpty(errors: FieldError[], selector: LabelSelector | undefined, kind: string): void {
  if (selector === undefined) return;
  const count = Object.keys(selector.matchLabels ?? {}).length + (selector.matchExpressions ?? []).length;
  if (count === 0) errors.push(invalid(SELECTOR, selector, `empty selector is invalid for ${kind}`));
}

/** The selector selects the template's pods. */
export function checkTemplateLabels(
  errors: FieldError[],
  selector: Selector,
  template: PodTemplateSpec | undefined,
): void {
  const labels = template?.metadata?.labels;
  if (selector.matches(labels)) return;
  errors.push(
    invalid(
      child(TEMPLATE, 'metadata.labels'),
      labels ?? null,
      '`selector` does not match template `labels`',
    ),
  );
}

/** The template, and that its pods go on for ever (ValidatePodTemplateSpecForReplicaSet). */
export function checkUnendingTemplate(
  errors: FieldError[],
  template: PodTemplateSpec | undefined,
  kind: string,
): void {
  if (template === undefined) {
    errors.push(required(TEMPLATE));
    return;
  }
  errors.push(...validatePodTemplateSpec(template, TEMPLATE));
  const policy = template.spec?.restartPolicy ?? '';
  if (policy !== 'Always')
    errors.push(notSupported(child(TEMPLATE, 'spec.restartPolicy'), policy, ['Always']));
  if (template.spec?.activeDeadlineSeconds !== undefined) {
    const why = `activeDeadlineSeconds in ${kind} is not Supported`;
    errors.push(forbidden(child(TEMPLATE, 'spec.activeDeadlineSeconds'), why));
  }
}

function checkDeploymentStrategy(errors: FieldError[], path: string, strategy: DeploymentStrategy): void {
  const { type = '', rollingUpdate } = strategy;
  const rollingPath = child(path, 'rollingUpdate');
  if (type === 'Recreate') {
    if (rollingUpdate === undefined) return;
    errors.push(forbidden(rollingPath, "may not be specified when strategy `type` is 'Recreate'"));
  } else if (type !== 'RollingUpdate') {
    errors.push(notSupported(path, shownStrategy(strategy), ['Recreate', 'RollingUpdate']));
  } else if (rollingUpdate === undefined) {
    errors.push(required(rollingPath, 'this should be defaulted and never be nil'));
  } else {
    const { maxUnavailable = 0, maxSurge = 0 } = rollingUpdate;
    const unavailablePath = child(rollingPath, 'maxUnavailable');
    checkIntOrPercent(errors, unavailablePath, maxUnavailable);
    checkIntOrPercent(errors, child(rollingPath, 'maxSurge'), maxSurge);
    if (amountOf(maxUnavailable) === 0 && amountOf(maxSurge) === 0) {
      errors.push(invalid(unavailablePath, maxUnavailable, 'may not be 0 when `maxSurge` is 0'));
    }
    checkAtMost100Percent(errors, unavailablePath, maxUnavailable);
  }
}

function checkDaemonSetStrategy(errors: FieldError[], path: string, strategy: DaemonSetUpdateStrategy): void {
  const { type = '', rollingUpdate } = strategy;
  if (type === 'OnDelete') return;
  if (type !== 'RollingUpdate') {
    errors.push(notSupported(path, shownStrategy(strategy), ['RollingUpdate', 'OnDelete']));
    return;
  }
  const rollingPath = child(path, 'rollingUpdate');
  if (rollingUpdate === undefined) {
    errors.push(required(rollingPath));
    return;
  }
  const { maxUnavailable = 0, maxSurge = 0 } = rollingUpdate;
  const [unavailablePath, surgePath] = [child(rollingPath, 'maxUnavailable'), child(rollingPath, 'maxSurge')];
  checkIntOrPercent(errors, unavailablePath, maxUnavailable);
  checkIntOrPercent(errors, surgePath, maxSurge);
  checkAtMost100Percent(errors, unavailablePath, maxUnavailable);
  checkAtMost100Percent(errors, surgePath, maxSurge);
  const [hasUnavailable, hasSurge] = [amountOf(maxUnavailable) !== 0, amountOf(maxSurge) !== 0];
  if (hasUnavailable && hasSurge) {
    errors.push(invalid(surgePath, maxSurge, 'may not be set when maxUnavailable is non-zero'));
  } else if (!hasUnavailable && !hasSurge) {
    errors.push(required(unavailablePath, 'cannot be 0 when maxSurge is 0'));
  }
}

/** A count that is not negative, or a percentage (ValidatePositiveIntOrPercent). */
export function checkIntOrPercent(errors: FieldError[], path: string, value: IntOrString): void {
  if (typeof value === 'number') checkNonNegative(errors, path, value);
  else complain(errors, path, value, isValidPercent(value));
}

/** Not more than everything (IsNotMoreThan100Percent); counts are fine. */
export function checkAtMost100Percent(errors: FieldError[], path: string, value: IntOrString): void {
  if ((percentOf(value) ?? 0) > 100) errors.push(invalid(path, value, 'must not be greater than 100%'));
}

/** The number in the value, of whichever sort; 0 if there is none (getIntOrPercentValue). */
function amountOf(value: IntOrString): number {
  return typeof value === 'number' ? value : (percentOf(value) ?? 0);
}

function shownStrategy({ type, rollingUpdate }: DeploymentStrategy): object | null {
  const rolling = asInternal(rollingUpdate, ['maxUnavailable', 'maxSurge']);
  return asInternal({ type, rollingUpdate: rolling }, ['type', 'rollingUpdate']);
}
