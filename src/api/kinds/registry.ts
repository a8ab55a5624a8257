import type { KindDefinition } from '../kind.ts';
import { KindSet } from '../kindset.ts';
import type { KubeObject } from '../object.ts';
import { servedVersions } from '../versions.ts';
import { certificateSigningRequest } from './certificatesigningrequest.ts';
import { clusterRole } from './clusterrole.ts';
import { clusterRoleBinding } from './clusterrolebinding.ts';
import { configMap } from './configmap.ts';
import { controllerRevision } from './controllerrevision.ts';
import { cronJob } from './cronjob.ts';
import { customResourceDefinition } from './customresourcedefinition.ts';
import { daemonSet } from './daemonset.ts';
import { deployment } from './deployment.ts';
import { endpoints } from './endpoints.ts';
import { endpointSlice } from './endpointslice.ts';
import { event } from './event.ts';
import { horizontalPodAutoscaler } from './horizontalpodautoscaler.ts';
import { ingress } from './ingress.ts';
import { ingressClass } from './ingressclass.ts';
import { job } from './job.ts';
import { lease } from './lease.ts';
import { limitRange } from './limitrange.ts';
import { mutatingWebhookConfiguration } from './mutatingwebhookconfiguration.ts';
import { namespace } from './namespace.ts';
import { networkPolicy } from './networkpolicy.ts';
import { node } from './node.ts';
import { persistentVolume } from './persistentvolume.ts';
import { persistentVolumeClaim } from './persistentvolumeclaim.ts';
import { pod } from './pod.ts';
import { podDisruptionBudget } from './poddisruptionbudget.ts';
import { priorityClass } from './priorityclass.ts';
import { replicaSet } from './replicaset.ts';
import { replicationController } from './replicationcontroller.ts';
import { resourceQuota } from './resourcequota.ts';
import {
  localSubjectAccessReview,
  selfSubjectAccessReview,
  selfSubjectReview,
  selfSubjectRulesReview,
  subjectAccessReview,
  tokenReview,
} from './review.ts';
import { role } from './role.ts';
import { roleBinding } from './rolebinding.ts';
import { runtimeClass } from './runtimeclass.ts';
import { secret } from './secret.ts';
import { service } from './service.ts';
import { serviceAccount } from './serviceaccount.ts';
import { statefulSet } from './statefulset.ts';
import { storageClass } from './storageclass.ts';
import { validatingAdmissionPolicy } from './validatingadmissionpolicy.ts';
import { validatingAdmissionPolicyBinding } from './validatingadmissionpolicybinding.ts';
import { validatingWebhookConfiguration } from './validatingwebhookconfiguration.ts';
import { volumeAttachment } from './volumeattachment.ts';

/** Whoever finds a kind by its name knows of its objects only that they are objects of that kind. */
function anyKind<T extends KubeObject>(kind: KindDefinition<T>): KindDefinition {
  return kind as unknown as KindDefinition;
}

/** Every kind the API server serves, sorted by name, each in the version in which it is stored. */
export const kinds: readonly KindDefinition[] = Object.freeze([
  anyKind(certificateSigningRequest),
  anyKind(clusterRole),
  anyKind(clusterRoleBinding),
  anyKind(configMap),
  anyKind(controllerRevision),
  anyKind(cronJob),
  anyKind(customResourceDefinition),
  anyKind(daemonSet),
  anyKind(deployment),
  anyKind(endpoints),
  anyKind(endpointSlice),
  anyKind(event),
  anyKind(horizontalPodAutoscaler),
  anyKind(ingress),
  anyKind(ingressClass),
  anyKind(job),
  anyKind(lease),
  anyKind(limitRange),
  anyKind(localSubjectAccessReview),
  anyKind(mutatingWebhookConfiguration),
  anyKind(namespace),
  anyKind(networkPolicy),
  anyKind(node),
  anyKind(persistentVolume),
  anyKind(persistentVolumeClaim),
  anyKind(pod),
  anyKind(podDisruptionBudget),
  anyKind(priorityClass),
  anyKind(replicaSet),
  anyKind(replicationController),
  anyKind(resourceQuota),
  anyKind(role),
  anyKind(roleBinding),
  anyKind(runtimeClass),
  anyKind(secret),
  anyKind(selfSubjectAccessReview),
  anyKind(selfSubjectReview),
  anyKind(selfSubjectRulesReview),
  anyKind(service),
  anyKind(serviceAccount),
  anyKind(statefulSet),
  anyKind(storageClass),
  anyKind(subjectAccessReview),
  anyKind(tokenReview),
  anyKind(validatingAdmissionPolicy),
  anyKind(validatingAdmissionPolicyBinding),
  anyKind(validatingWebhookConfiguration),
  anyKind(volumeAttachment),
]);

/** The kinds every API server has, whatever is defined besides. */
export const builtinKinds = new KindSet(kinds.flatMap(servedVersions));

/** The built-in kind of a resource, as paths and RBAC name it: `kindByResource('apps', 'deployments')`. */
export function kindByResource(group: string, plural: string): KindDefinition | undefined {
  return builtinKinds.byResource(group, plural);
}

/** The built-in kind that a manifest names: `kindByGVK('apps/v1', 'Deployment')`. */
export function kindByGVK(apiVersion: string, kind: string): KindDefinition | undefined {
  return builtinKinds.byGVK(apiVersion, kind);
}

/** The built-in kind that a player means at the command line (`KindSet.byName`). */
export function kindByName(name: string): KindDefinition | undefined {
  return builtinKinds.byName(name);
}
