import type { KubeObject } from '../../../src/api/object.ts';
import type { ApiResponse, UserInfo } from '../../../src/api/request.ts';
import type { AuthorizationMode } from '../../../src/apiserver/authorization/modes.ts';
import { Harness, type Partially } from '../harness.ts';

export const GROUP = 'rbac.authorization.k8s.io';
const CAUSE = { component: 'test', trigger: 0 };

/** A signed-in user. */
export function user(name: string, ...groups: string[]): UserInfo {
  return { name, groups: [...groups, 'system:authenticated'] };
}

export function nodeUser(name: string): UserInfo {
  return user(`system:node:${name}`, 'system:nodes');
}

/** An API server that asks who may do what. */
export class Guarded extends Harness {
  constructor(modes: readonly AuthorizationMode[] = ['Node', 'RBAC']) {
    super({ authorizationMode: modes });
  }

  as(who: UserInfo, request: Partially): ApiResponse {
    return this.server.handle({ group: '', user: who, cause: CAUSE, ...request });
  }

  /** The message of the refusal; `ok` when there was none. */
  verdict(who: UserInfo, request: Partially): string {
    const response = this.as(who, request);
    return response.kind === 'error' ? `${response.status.code} ${response.status.message}` : 'ok';
  }

  role(kind: 'Role' | 'ClusterRole', name: string, rules: readonly object[], more: object = {}): KubeObject {
    const resource = kind === 'Role' ? 'roles' : 'clusterroles';
    const metadata = { name, ...(kind === 'Role' ? { namespace: 'default' } : {}), ...more };
    return this.create(resource, { metadata, rules }, { group: GROUP });
  }

  bind(
    kind: 'RoleBinding' | 'ClusterRoleBinding',
    name: string,
    role: string,
    ...subjects: object[]
  ): KubeObject {
    const [refKind = '', refName = ''] = role.split('/');
    const resource = kind === 'RoleBinding' ? 'rolebindings' : 'clusterrolebindings';
    const metadata = { name, ...(kind === 'RoleBinding' ? { namespace: 'default' } : {}) };
    const roleRef = { apiGroup: GROUP, kind: refKind, name: refName };
    return this.create(resource, { metadata, roleRef, subjects }, { group: GROUP });
  }
}

export const get = (resource: string, name: string, namespace = 'default'): Partially => ({
  verb: 'get',
  resource,
  namespace,
  name,
});
export const list = (resource: string, namespace?: string): Partially => ({
  verb: 'list',
  resource,
  ...(namespace === undefined ? {} : { namespace }),
});
