import { describe, expect, it } from 'vitest';
import { invalid as invalidField, required } from '../../src/apimachinery/fielderror.ts';
import * as status from '../../src/apimachinery/status.ts';

const deployments = { group: 'apps', resource: 'deployments' };
const pods = { group: '', resource: 'pods' };

describe('the API server refuses in upstream words', () => {
  const cases: readonly [string, status.Status, number, string, string][] = [
    [
      'a missing object',
      status.notFound(deployments, 'web'),
      404,
      'NotFound',
      'deployments.apps "web" not found',
    ],
    ['a missing core object', status.notFound(pods, 'x'), 404, 'NotFound', 'pods "x" not found'],
    [
      'an unknown path',
      status.unknownResource(),
      404,
      'NotFound',
      'the server could not find the requested resource',
    ],
    ['a second of a name', status.alreadyExists(pods, 'x'), 409, 'AlreadyExists', 'pods "x" already exists'],
    [
      'generated names all taken',
      status.generateNameConflict(pods, 'x', 1),
      409,
      'AlreadyExists',
      'pods "x" already exists, the server was not able to generate a unique name for the object',
    ],
    [
      'a stale write',
      status.conflict(deployments, 'web'),
      409,
      'Conflict',
      'Operation cannot be fulfilled on deployments.apps "web": the object has been modified; please apply your changes to the latest version and try again',
    ],
    ['a forbidden object', status.forbidden(pods, 'x', 'no'), 403, 'Forbidden', 'pods "x" is forbidden: no'],
    ['a forbidden resource', status.forbidden(pods, '', 'no'), 403, 'Forbidden', 'pods is forbidden: no'],
    ['anything', status.forbidden({ group: '', resource: '' }, '', 'no'), 403, 'Forbidden', 'forbidden: no'],
    ['a stranger', status.unauthorized(), 401, 'Unauthorized', 'Unauthorized'],
    [
      'a verb there is not',
      status.methodNotAllowed(pods, 'patch'),
      405,
      'MethodNotAllowed',
      'patch is not supported on resources of kind "pods"',
    ],
    [
      'an old revision',
      status.tooOldResourceVersion(3, 10),
      410,
      'Expired',
      'too old resource version: 3 (10)',
    ],
    ['a slow request', status.timeout('x'), 504, 'Timeout', 'Timeout: x'],
    [
      'a slow operation',
      status.serverTimeout(pods, 'list', 1),
      500,
      'ServerTimeout',
      'The list operation against pods could not be completed at this time, please try again.',
    ],
    ['its own failure', status.internalError('x'), 500, 'InternalError', 'Internal error occurred: x'],
    [
      'too large a body',
      status.requestEntityTooLarge('limit is 3145728'),
      413,
      'RequestEntityTooLarge',
      'Request entity too large: limit is 3145728',
    ],
    [
      'an unknown format',
      status.unsupportedMediaType(['application/json', 'application/yaml']),
      415,
      'UnsupportedMediaType',
      'the body of the request was in an unknown format - accepted media types include: application/json, application/yaml',
    ],
  ];
  it.each(cases)('refusing %s', (_, s, code, reason, message) => {
    expect(s).toMatchObject({
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      code,
      reason,
      message,
    });
  });

  it('names one invalid field as it is, several in brackets, and lists all as causes', () => {
    const kind = { group: 'apps', kind: 'Deployment' };
    const one = status.invalid(kind, 'web', [invalidField('spec.replicas', -1, 'x')]);
    expect(one.message).toBe('Deployment.apps "web" is invalid: spec.replicas: Invalid value: -1: x');
    const two = status.invalid(kind, 'web', [required('a'), required('b', 'c')]);
    expect(two.message).toBe('Deployment.apps "web" is invalid: [a: Required value, b: Required value: c]');
    expect(two.details).toEqual({
      name: 'web',
      group: 'apps',
      kind: 'Deployment',
      causes: [
        { reason: 'FieldValueRequired', message: 'Required value', field: 'a' },
        { reason: 'FieldValueRequired', message: 'Required value: c', field: 'b' },
      ],
    });
  });

  it('says what the refusal is about', () => {
    expect(status.notFound(deployments, 'web').details).toEqual({
      name: 'web',
      group: 'apps',
      kind: 'deployments',
    });
    expect(status.notFound(pods, 'x').details).toEqual({ name: 'x', kind: 'pods' });
  });
});

describe('predicates', () => {
  it('tell refusals apart', () => {
    expect(status.isNotFound(status.notFound(pods, 'x'))).toBe(true);
    expect(status.isConflict(status.alreadyExists(pods, 'x'))).toBe(false);
    expect(status.isAlreadyExists(status.generateNameConflict(pods, 'x', 1))).toBe(true);
    expect(status.isGone(status.tooOldResourceVersion(1, 2))).toBe(true);
    expect(status.isServerError(status.timeout('x'))).toBe(true);
    expect(status.isServerError(status.badRequest('x'))).toBe(false);
    expect(status.isTooManyRequests(status.tooManyRequests('x', 10))).toBe(true);
    expect(status.isFailure(status.success())).toBe(false);
    expect(status.isStatus({ kind: 'Pod' })).toBe(false);
  });

  it('find a cause', () => {
    const s = status.tooManyRequests('x', 0, [{ reason: 'DisruptionBudget', message: 'm' }]);
    expect(status.hasCause(s, 'DisruptionBudget')).toBe(true);
    expect(status.hasCause(s, 'Other')).toBe(false);
  });
});
