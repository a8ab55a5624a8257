import { errorBody, type FieldError, type FieldErrorType, formatFieldErrors } from './fielderror.ts';
import { goQuote } from './gostring.ts';

/** Why a request was refused (`metav1.StatusReason`). */
export type StatusReason =
  | 'AlreadyExists'
  | 'BadRequest'
  | 'Conflict'
  /** Nobody answered; only a client says so (code 0). */
  | 'ConnectionRefused'
  | 'Expired'
  | 'Forbidden'
  | 'Gone'
  | 'InternalError'
  | 'Invalid'
  | 'MethodNotAllowed'
  | 'NotAcceptable'
  | 'NotFound'
  | 'RequestEntityTooLarge'
  | 'ServerTimeout'
  | 'ServiceUnavailable'
  | 'Timeout'
  | 'TooManyRequests'
  | 'Unauthorized'
  | 'UnsupportedMediaType';

/** One cause of a refusal; `reason` is a FieldErrorType, or a word such as `DisruptionBudget`. */
export interface StatusCause {
  readonly reason?: FieldErrorType | (string & {});
  readonly message?: string;
  readonly field?: string;
}

/** What a refusal is about. `kind` is the resource name, or the Kind where the reason is Invalid. */
export interface StatusDetails {
  readonly name?: string;
  readonly group?: string;
  readonly kind?: string;
  readonly uid?: string;
  readonly causes?: readonly StatusCause[];
  /** Seconds to wait before trying again. */
  readonly retryAfterSeconds?: number;
}

/** The API server's answer that is not an object (`metav1.Status`). `code` is the HTTP status. */
export interface Status {
  readonly kind: 'Status';
  readonly apiVersion: 'v1';
  /** `continue`: how to go on with a list whose token has expired. */
  readonly metadata: { readonly continue?: string };
  readonly status: 'Success' | 'Failure';
  readonly message?: string;
  readonly reason?: StatusReason;
  readonly details?: StatusDetails;
  readonly code: number;
}

/** A resource by its plural name, e.g. `{group: 'apps', resource: 'deployments'}`; the core group is empty. */
export interface GroupResource {
  readonly group: string;
  readonly resource: string;
}

/** A kind, e.g. `{group: 'apps', kind: 'Deployment'}`; the core group is empty. */
export interface GroupKind {
  readonly group: string;
  readonly kind: string;
}

const NO_METADATA: Status['metadata'] = Object.freeze({});

/** `deployments.apps`, or `pods` in the core group. */
export function formatGroupResource(r: GroupResource): string {
  return r.group === '' ? r.resource : `${r.resource}.${r.group}`;
}

/** `Deployment.apps`, or `Pod` in the core group. */
export function formatGroupKind(k: GroupKind): string {
  return k.group === '' ? k.kind : `${k.kind}.${k.group}`;
}

/** The Status of a request that succeeded without an object to return. */
export function success(details?: StatusDetails): Status {
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: NO_METADATA,
    status: 'Success',
    ...(details === undefined ? {} : { details }),
    code: 200,
  };
}

function failure(code: number, reason: StatusReason, message: string, details?: StatusDetails): Status {
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: NO_METADATA,
    status: 'Failure',
    message,
    reason,
    ...(details === undefined ? {} : { details }),
    code,
  };
}

function about(r: GroupResource, name: string, more?: StatusDetails): StatusDetails {
  return {
    ...(name === '' ? {} : { name }),
    ...(r.group === '' ? {} : { group: r.group }),
    ...(r.resource === '' ? {} : { kind: r.resource }),
    ...more,
  };
}

/** 404: no object of that name. */
export function notFound(r: GroupResource, name: string): Status {
  return failure(404, 'NotFound', `${formatGroupResource(r)} ${goQuote(name)} not found`, about(r, name));
}

/** 404: no such path or kind on this server. */
export function unknownResource(): Status {
  return failure(404, 'NotFound', 'the server could not find the requested resource', {});
}

/** 409: an object of that name is there already. */
export function alreadyExists(r: GroupResource, name: string): Status {
  const message = `${formatGroupResource(r)} ${goQuote(name)} already exists`;
  return failure(409, 'AlreadyExists', message, about(r, name));
}

/** 409: every name the server drew from `generateName` was taken. */
export function generateNameConflict(r: GroupResource, name: string, retryAfterSeconds: number): Status {
  const message = `${formatGroupResource(r)} ${goQuote(name)} already exists, the server was not able to generate a unique name for the object`;
  return failure(409, 'AlreadyExists', message, about(r, name, { retryAfterSeconds }));
}

/** The detail of a conflict whose cause is a stale resourceVersion. */
export const OPTIMISTIC_LOCK_DETAIL =
  'the object has been modified; please apply your changes to the latest version and try again';

/** 409: the object is not as the writer believed. */
export function conflict(r: GroupResource, name: string, detail: string = OPTIMISTIC_LOCK_DETAIL): Status {
  const message = `Operation cannot be fulfilled on ${formatGroupResource(r)} ${goQuote(name)}: ${detail}`;
  return failure(409, 'Conflict', message, about(r, name));
}

/** 409: server-side apply met fields owned by others; one cause a field (`NewApplyConflict`). */
export function applyConflict(message: string, causes: readonly StatusCause[]): Status {
  return failure(409, 'Conflict', message, { causes });
}

/** 422: the object breaks validation rules; each error becomes a cause. */
export function invalid(k: GroupKind, name: string, errors: readonly FieldError[]): Status {
  const text = formatFieldErrors(errors);
  const head = `${formatGroupKind(k)} ${goQuote(name)} is invalid`;
  const causes = errors.map((e) => ({ reason: e.type, message: errorBody(e), field: e.field }));
  return failure(422, 'Invalid', text === '' ? head : `${head}: ${text}`, {
    ...(name === '' ? {} : { name }),
    ...(k.group === '' ? {} : { group: k.group }),
    kind: k.kind,
    ...(causes.length === 0 ? {} : { causes }),
  });
}

/** 403: known who asks, but not allowed; name and resource may be empty. */
export function forbidden(r: GroupResource, name: string, why: string): Status {
  let message = `${formatGroupResource(r)} ${goQuote(name)} is forbidden: ${why}`;
  if (r.resource === '') message = `forbidden: ${why}`;
  else if (name === '') message = `${formatGroupResource(r)} is forbidden: ${why}`;
  return failure(403, 'Forbidden', message, about(r, name));
}

/** 400: the request cannot be understood. */
export function badRequest(message: string): Status {
  return failure(400, 'BadRequest', message);
}

/** 401: not known who asks. */
export function unauthorized(message = 'Unauthorized'): Status {
  return failure(401, 'Unauthorized', message);
}

/** 405: the resource does not support the action (`create`, `list` ...). */
export function methodNotAllowed(r: GroupResource, action: string): Status {
  const message = `${action} is not supported on resources of kind ${goQuote(formatGroupResource(r))}`;
  return failure(405, 'MethodNotAllowed', message, about(r, ''));
}

/** 406: none of the formats asked for can be sent. */
export function notAcceptable(accepted: readonly string[]): Status {
  return failure(406, 'NotAcceptable', `only the following media types are accepted: ${accepted.join(', ')}`);
}

/** 410: what was asked for has been compacted or has run out (`NewResourceExpired`). */
export function expired(message: string): Status {
  return failure(410, 'Expired', message);
}

/** 410: a watch or list from revision `asked` where `oldest` is the oldest that is left. */
export function tooOldResourceVersion(asked: number | string, oldest: number | string): Status {
  return expired(`too old resource version: ${asked} (${oldest})`);
}

/** 410: the thing is no longer there and will not come back. */
export function gone(message: string): Status {
  return failure(410, 'Gone', message);
}

/** 413: the body is larger than the server takes, e.g. `limit is 3145728`. */
export function requestEntityTooLarge(message: string): Status {
  return failure(413, 'RequestEntityTooLarge', `Request entity too large: ${message}`);
}

/** 415: the body's content type is none of those accepted. */
export function unsupportedMediaType(accepted: readonly string[]): Status {
  const message = `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`;
  return failure(415, 'UnsupportedMediaType', message);
}

/** 429: try again after `retryAfterSeconds`. */
export function tooManyRequests(
  message: string,
  retryAfterSeconds = 0,
  causes?: readonly StatusCause[],
): Status {
  return failure(429, 'TooManyRequests', message, {
    ...(causes === undefined ? {} : { causes }),
    ...(retryAfterSeconds === 0 ? {} : { retryAfterSeconds }),
  });
}

/** 500: the server itself failed. */
export function internalError(err: string): Status {
  return failure(500, 'InternalError', `Internal error occurred: ${err}`, { causes: [{ message: err }] });
}

/** 500: the operation may be tried again after `retryAfterSeconds`. */
export function serverTimeout(r: GroupResource, operation: string, retryAfterSeconds: number): Status {
  const message = `The ${operation} operation against ${formatGroupResource(r)} could not be completed at this time, please try again.`;
  const more = retryAfterSeconds === 0 ? undefined : { retryAfterSeconds };
  return failure(500, 'ServerTimeout', message, about(r, operation, more));
}

/** 503: nobody answers for now. */
export function serviceUnavailable(message: string): Status {
  return failure(503, 'ServiceUnavailable', message);
}

/** 504: the request ran out of time. */
export function timeout(message: string, retryAfterSeconds = 0): Status {
  const details = retryAfterSeconds === 0 ? {} : { retryAfterSeconds };
  return failure(504, 'Timeout', `Timeout: ${message}`, details);
}

/** Whether a value is a Status at all, successful or not. */
export function isStatus(value: unknown): value is Status {
  return (
    typeof value === 'object' &&
    value !== null &&
    (value as { kind?: unknown }).kind === 'Status' &&
    typeof (value as { code?: unknown }).code === 'number'
  );
}

/** Whether a result is a refusal rather than the object asked for. */
export function isFailure(value: unknown): value is Status {
  return isStatus(value) && value.status === 'Failure';
}

/** 404. */
export function isNotFound(s: Status): boolean {
  return s.reason === 'NotFound';
}

/** 409 because the object exists, generated names included. */
export function isAlreadyExists(s: Status): boolean {
  return s.reason === 'AlreadyExists';
}

/** 409 because the object changed in between. */
export function isConflict(s: Status): boolean {
  return s.reason === 'Conflict';
}

/** 403. */
export function isForbidden(s: Status): boolean {
  return s.reason === 'Forbidden';
}

/** 422. */
export function isInvalid(s: Status): boolean {
  return s.reason === 'Invalid';
}

/** 400. */
export function isBadRequest(s: Status): boolean {
  return s.reason === 'BadRequest';
}

/** 401. */
export function isUnauthorized(s: Status): boolean {
  return s.reason === 'Unauthorized';
}

/** 410, whether Gone or Expired: list again and watch from there. */
export function isGone(s: Status): boolean {
  return s.reason === 'Gone' || s.reason === 'Expired';
}

/** 504: whether the write took place is not known. */
export function isTimeout(s: Status): boolean {
  return s.reason === 'Timeout';
}

/** 500 with the advice to try again. */
export function isServerTimeout(s: Status): boolean {
  return s.reason === 'ServerTimeout';
}

/** 429. */
export function isTooManyRequests(s: Status): boolean {
  return s.reason === 'TooManyRequests' || s.code === 429;
}

/** Any 5xx: the request may have been fine. */
export function isServerError(s: Status): boolean {
  return s.code >= 500;
}

/** Whether a cause of that reason is listed, e.g. `DisruptionBudget` (`HasStatusCause`). */
export function hasCause(s: Status, reason: string): boolean {
  return s.details?.causes?.some((c) => c.reason === reason) ?? false;
}
