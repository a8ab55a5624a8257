import type { AdmissionPlugin } from './admission.ts';
import { certificateApproval, certificateSigning, certificateSubjectRestriction } from './certificates.ts';
import { defaultIngressClass } from './defaultingressclass.ts';
import { defaultStorageClass } from './defaultstorageclass.ts';
import { defaultTolerationSeconds } from './defaulttolerationseconds.ts';
import { limitRanger } from './limitranger.ts';
import { mutatingWebhook } from './mutatingwebhook.ts';
import { namespaceLifecycle } from './namespacelifecycle.ts';
import { nodeRestriction } from './noderestriction.ts';
import { persistentVolumeClaimResize } from './persistentvolumeclaimresize.ts';
import { podSecurity } from './podsecurity.ts';
import { podTopologyLabels } from './podtopologylabels.ts';
import { priority } from './priority.ts';
import { rbacEscalation } from './rbacescalation.ts';
import { resourceQuotaPlugin } from './resourcequota.ts';
import { runtimeClassPlugin } from './runtimeclass.ts';
import { serviceAccountPlugin } from './serviceaccount.ts';
import { storageObjectInUseProtection } from './storageobjectinuseprotection.ts';
import { taintNodesByCondition } from './taintnodesbycondition.ts';
import { validatingAdmissionPolicy } from './validatingadmissionpolicy.ts';
import { validatingWebhook } from './validatingwebhook.ts';

/**
 * The plugins that are on, in the order in which upstream runs them
 * (pkg/kubeapiserver/options/plugins.go AllOrderedPlugins). Not sorted by name: the order matters.
 */
export const admissionPlugins: readonly AdmissionPlugin[] = Object.freeze([
  namespaceLifecycle,
  limitRanger,
  serviceAccountPlugin,
  nodeRestriction,
  taintNodesByCondition,
  podSecurity,
  priority,
  defaultTolerationSeconds,
  defaultStorageClass,
  storageObjectInUseProtection,
  persistentVolumeClaimResize,
  runtimeClassPlugin,
  certificateApproval,
  certificateSigning,
  certificateSubjectRestriction,
  defaultIngressClass,
  podTopologyLabels,
  rbacEscalation,
  mutatingWebhook,
  validatingAdmissionPolicy,
  validatingWebhook,
  resourceQuotaPlugin,
]);
