import {
  child,
  type FieldError,
  forbidden,
  invalid,
  notSupported,
  required,
} from '../../apimachinery/fielderror.ts';
import { isHTTPHeaderName, isValidPortNum } from '../../apimachinery/validation.ts';
import type {
  ExecAction,
  GRPCAction,
  HTTPGetAction,
  Lifecycle,
  Probe,
  SleepAction,
  TCPSocketAction,
} from '../generated/types.ts';
import { checkNonNegative, checkPortNumOrName, complain, isUnset } from './common.ts';

/** What probes and lifecycle hooks do; one of these. */
interface Handler {
  readonly exec?: ExecAction;
  readonly httpGet?: HTTPGetAction;
  readonly tcpSocket?: TCPSocketAction;
  readonly grpc?: GRPCAction;
  readonly sleep?: SleepAction;
}

/** Upstream's order; the first one given counts, the others are one too many. */
const KINDS = ['exec', 'httpGet', 'tcpSocket', 'grpc', 'sleep'] as const;

function checkHandler(
  errors: FieldError[],
  path: string,
  handler: Handler,
  gracePeriod: number | undefined,
): void {
  let chosen: (typeof KINDS)[number] | undefined;
  for (const kind of KINDS) {
    if (handler[kind] === undefined) continue;
    if (chosen !== undefined) {
      errors.push(forbidden(child(path, kind), 'may not specify more than 1 handler type'));
      continue;
    }
    chosen = kind;
    checkAction(errors, child(path, kind), handler, kind, gracePeriod);
  }
  if (chosen === undefined) errors.push(required(path, 'must specify a handler type'));
}

function checkAction(
  errors: FieldError[],
  path: string,
  handler: Handler,
  kind: (typeof KINDS)[number],
  gracePeriod: number | undefined,
): void {
  switch (kind) {
    case 'exec':
      if (isUnset(handler.exec?.command)) errors.push(required(child(path, 'command')));
      return;
    case 'httpGet':
      checkHttpGet(errors, path, handler.httpGet);
      return;
    case 'tcpSocket':
      checkPortNumOrName(errors, child(path, 'port'), handler.tcpSocket?.port);
      return;
    case 'grpc':
      complain(errors, child(path, 'port'), handler.grpc?.port ?? 0, isValidPortNum(handler.grpc?.port ?? 0));
      return;
    case 'sleep': {
      const seconds = handler.sleep?.seconds ?? 0;
      if (gracePeriod === undefined || (seconds >= 0 && seconds <= gracePeriod)) return;
      const why = `must be non-negative and less than terminationGracePeriodSeconds (${gracePeriod})`;
      errors.push(invalid(path, seconds, why));
    }
  }
}

function checkHttpGet(errors: FieldError[], path: string, action: HTTPGetAction | undefined): void {
  if (action === undefined) return;
  if (isUnset(action.path)) errors.push(required(child(path, 'path')));
  checkPortNumOrName(errors, child(path, 'port'), action.port);
  const scheme = action.scheme ?? '';
  if (scheme !== 'HTTP' && scheme !== 'HTTPS') {
    errors.push(notSupported(child(path, 'scheme'), scheme, ['HTTP', 'HTTPS']));
  }
  for (const { name } of action.httpHeaders ?? []) {
    complain(errors, child(path, 'httpHeaders'), name, isHTTPHeaderName(name));
  }
}

/** `postStart` and `preStop` (validateLifecycle). */
export function checkLifecycle(
  errors: FieldError[],
  path: string,
  lifecycle: Lifecycle | undefined,
  gracePeriod: number | undefined,
): void {
  if (lifecycle?.postStart !== undefined) {
    checkHandler(errors, child(path, 'postStart'), lifecycle.postStart, gracePeriod);
  }
  if (lifecycle?.preStop !== undefined)
    checkHandler(errors, child(path, 'preStop'), lifecycle.preStop, gracePeriod);
}

function checkProbe(errors: FieldError[], path: string, probe: Probe): void {
  checkHandler(errors, path, probe, undefined);
  checkNonNegative(errors, child(path, 'initialDelaySeconds'), probe.initialDelaySeconds);
  checkNonNegative(errors, child(path, 'timeoutSeconds'), probe.timeoutSeconds);
  checkNonNegative(errors, child(path, 'periodSeconds'), probe.periodSeconds);
  checkNonNegative(errors, child(path, 'successThreshold'), probe.successThreshold);
  checkNonNegative(errors, child(path, 'failureThreshold'), probe.failureThreshold);
  const grace = probe.terminationGracePeriodSeconds;
  if (grace !== undefined && grace <= 0) {
    errors.push(invalid(child(path, 'terminationGracePeriodSeconds'), grace, 'must be greater than 0'));
  }
}

/** A liveness or startup probe: one success is all it needs (validateLivenessProbe, validateStartupProbe). */
export function checkKillingProbe(errors: FieldError[], path: string, probe: Probe | undefined): void {
  if (probe === undefined) return;
  checkProbe(errors, path, probe);
  if (probe.successThreshold !== 1) {
    errors.push(invalid(child(path, 'successThreshold'), probe.successThreshold ?? 0, 'must be 1'));
  }
}

/** A readiness probe: it never kills, so it has no grace period (validateReadinessProbe). */
export function checkReadinessProbe(errors: FieldError[], path: string, probe: Probe | undefined): void {
  if (probe === undefined) return;
  checkProbe(errors, path, probe);
  const grace = probe.terminationGracePeriodSeconds;
  if (grace !== undefined) {
    errors.push(
      invalid(child(path, 'terminationGracePeriodSeconds'), grace, 'must not be set for readinessProbes'),
    );
  }
}
