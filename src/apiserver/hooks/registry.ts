import type { KindHooks } from '../context.ts';
import { certificateSigningRequestHooks } from './certificatesigningrequest.ts';
import { newDefinitionHooks } from './customresourcedefinition.ts';
import type { HookOptions } from './hooks.ts';
import { namespaceHooks } from './namespace.ts';
import { podHooks } from './pod.ts';
import { policyBindingHooks, policyHooks } from './policyparams.ts';
import { newRbacHooks } from './rbac.ts';
import { newServiceHooks } from './service.ts';

/** The hooks of each resource that has any, by qualified resource. One line a resource, sorted. */
export function newHooks(options: HookOptions): ReadonlyMap<string, KindHooks> {
  const rbac = newRbacHooks(options);
  return new Map([
    ['certificatesigningrequests.certificates.k8s.io', certificateSigningRequestHooks],
    ['clusterrolebindings.rbac.authorization.k8s.io', rbac],
    ['clusterroles.rbac.authorization.k8s.io', rbac],
    ['customresourcedefinitions.apiextensions.k8s.io', newDefinitionHooks(options)],
    ['namespaces', namespaceHooks],
    ['pods', podHooks],
    ['rolebindings.rbac.authorization.k8s.io', rbac],
    ['roles.rbac.authorization.k8s.io', rbac],
    ['services', newServiceHooks(options)],
    ['validatingadmissionpolicies.admissionregistration.k8s.io', policyHooks],
    ['validatingadmissionpolicybindings.admissionregistration.k8s.io', policyBindingHooks],
  ]);
}
