import type { Namespace } from '../../api/generated/types.ts';
import { namespace } from '../../api/kinds/namespace.ts';
import type { KubeObject } from '../../api/object.ts';
import { forbidden, notFound, type Status } from '../../apimachinery/status.ts';
import { type AdmissionRequest, admissionForbidden } from '../context.ts';
import type { AdmissionPlugin, AdmissionTarget } from './admission.ts';

const NAMESPACES = Object.freeze({ group: '', resource: 'namespaces' });
/** Namespaces that may not be deleted. */
const IMMORTAL: ReadonlySet<string> = new Set(['default', 'kube-public', 'kube-system']);

function isNamespace(target: AdmissionTarget): boolean {
  return target.group === '' && target.resource === 'namespaces';
}

/**
 * Nothing is created in a namespace that does not exist or is going, and the system's namespaces
 * stay (staging apiserver pkg/admission/plugin/namespace/lifecycle/admission.go).
 */
export const namespaceLifecycle: AdmissionPlugin = {
  name: 'NamespaceLifecycle',
  handles: (target) =>
    isNamespace(target) ? target.operation === 'DELETE' : target.namespaced && target.operation === 'CREATE',
  admit(request, object) {
    return (request.operation === 'DELETE' ? refuseDelete(object) : refuseCreate(request, object)) ?? object;
  },
};

function refuseDelete(object: KubeObject): Status | undefined {
  const name = object.metadata.name ?? '';
  return IMMORTAL.has(name) ? forbidden(NAMESPACES, name, 'this namespace may not be deleted') : undefined;
}

function refuseCreate(request: AdmissionRequest, object: KubeObject): Status | undefined {
  const { ctx } = request;
  const home: Namespace | undefined = ctx.server.lookup(namespace, '', request.namespace);
  if (home === undefined) return notFound(NAMESPACES, request.namespace);
  if (home.status?.phase !== 'Terminating') return undefined;
  const why = `unable to create new content in namespace ${request.namespace} because it is being terminated`;
  const status = admissionForbidden(ctx, object, why);
  const message = `namespace ${request.namespace} is being terminated`;
  const cause = { reason: 'NamespaceTerminating', message, field: 'metadata.namespace' };
  return { ...status, details: { ...status.details, causes: [cause] } };
}
