import { describe, expect, it } from 'vitest';
import { readRest } from '../../src/apiserver/rest.ts';

function read(method: string, path: string, body = '', contentType = 'application/json') {
  const target = readRest({ method, path, body, contentType });
  if (target.type !== 'resource') return target;
  const { options: _, ...request } = target.request;
  return request;
}

describe('a path of the API', () => {
  it.each<[string, string, object, string?]>([
    ['GET', '/api/v1/pods', { verb: 'list', group: '', resource: 'pods' }],
    ['GET', '/api/v1/namespaces/dev/pods', { verb: 'list', group: '', resource: 'pods', namespace: 'dev' }],
    ['GET', '/api/v1/namespaces/dev', { verb: 'get', group: '', resource: 'namespaces', name: 'dev' }],
    [
      'PUT',
      '/api/v1/namespaces/dev/finalize',
      { verb: 'update', group: '', resource: 'namespaces', name: 'dev', subresource: 'finalize' },
    ],
    [
      'GET',
      '/api/v1/namespaces/dev/pods/web/log',
      { verb: 'get', group: '', resource: 'pods', namespace: 'dev', name: 'web', subresource: 'log' },
    ],
    [
      'DELETE',
      '/apis/apps/v1/namespaces/dev/deployments',
      { verb: 'deletecollection', group: 'apps', resource: 'deployments', namespace: 'dev' },
    ],
    ['GET', '/healthz', { type: 'path', verb: 'get', path: '/healthz' }],
    ['GET', '/apis/apps/v1', { type: 'path', verb: 'get', path: '/apis/apps/v1' }],
    ['GET', '/api/v1/pods%', { type: 'malformed', error: 'invalid path: "/api/v1/pods%"' }],
    ['POST', '/api/v1/pods', { type: 'malformed', error: 'the body of the request is not JSON' }, '{'],
  ])('%s %s', (method, path, want, body = '') => {
    expect(read(method, path, body)).toEqual(want);
  });

  it('has its options in the query, of known names and kinds only', () => {
    const path =
      '/api/v1/pods?labelSelector=a%3Db%2Cc&limit=5&dryRun=All&__proto__=x&limit2=1&timeoutSeconds=abc';
    const target = readRest({ method: 'GET', path, body: '', contentType: '' });
    expect(target.type === 'resource' && target.request.options).toEqual({
      labelSelector: 'a=b,c',
      limit: 5,
      dryRun: true,
    });
  });
});
