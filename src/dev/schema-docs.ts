/**
 * Documentation of fields that refer to another type, which client-node's models leave out. Texts
 * are from Kubernetes' API documentation, Copyright The Kubernetes Authors, Apache License 2.0.
 */

const CONVENTIONS = 'https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md';
const SPEC_AND_STATUS = `More info: ${CONVENTIONS}#spec-and-status`;
const PROBES = 'More info: https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle#container-probes';

/** Documentation by `Type.field`. */
export const REFERENCE_DOCS: Readonly<Record<string, string>> = {
  'Affinity.nodeAffinity': 'Describes node affinity scheduling rules for the pod.',
  'Affinity.podAffinity':
    'Describes pod affinity scheduling rules (e.g. co-locate this pod in the same node, zone, etc. as some other pod(s)).',
  'Affinity.podAntiAffinity':
    'Describes pod anti-affinity scheduling rules (e.g. avoid putting this pod in the same node, zone, etc. as some other pod(s)).',
  'Container.lifecycle':
    'Actions that the management system should take in response to container lifecycle events. Cannot be updated.',
  'Container.livenessProbe': `Periodic probe of container liveness. Container will be restarted if the probe fails. Cannot be updated. ${PROBES}`,
  'Container.readinessProbe': `Periodic probe of container service readiness. Container will be removed from service endpoints if the probe fails. Cannot be updated. ${PROBES}`,
  'Container.resources':
    'Compute Resources required by this container. Cannot be updated. More info: https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/',
  'Container.securityContext':
    'SecurityContext defines the security options the container should be run with. If set, the fields of SecurityContext override the equivalent fields of PodSecurityContext. More info: https://kubernetes.io/docs/tasks/configure-pod-container/security-context/',
  'Container.startupProbe': `StartupProbe indicates that the Pod has successfully initialized. If specified, no other probes are executed until this completes successfully. If this probe fails, the Pod will be restarted, just as if the livenessProbe failed. This can be used to provide different probe parameters at the beginning of a Pod's lifecycle, when it might take a long time to load data or warm a cache, than during steady-state operation. This cannot be updated. ${PROBES}`,
  'ContainerStatus.lastState':
    'LastTerminationState holds the last termination state of the container to help debug container crashes and restarts. This field is not populated if the container is still running and RestartCount is 0.',
  'ContainerStatus.state': "State holds details about the container's current condition.",
  'CronJob.spec': `Specification of the desired behavior of a cron job, including the schedule. ${SPEC_AND_STATUS}`,
  'CronJob.status': `Current status of a cron job. ${SPEC_AND_STATUS}`,
  'CronJobSpec.jobTemplate': 'Specifies the job that will be created when executing a CronJob.',
  'DaemonSet.spec': `The desired behavior of this daemon set. ${SPEC_AND_STATUS}`,
  'DaemonSet.status': `The current status of this daemon set. This data may be out of date by some window of time. Populated by the system. Read-only. ${SPEC_AND_STATUS}`,
  'DaemonSetSpec.selector':
    "A label query over pods that are managed by the daemon set. Must match in order to be controlled. It must match the pod template's labels. More info: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors",
  'DaemonSetSpec.template':
    'An object that describes the pod that will be created. The DaemonSet will create exactly one copy of this pod on every node that matches the template\'s node selector (or on every node if no node selector is specified). The only allowed template.spec.restartPolicy value is "Always". More info: https://kubernetes.io/docs/concepts/workloads/controllers/replicationcontroller#pod-template',
  'DaemonSetSpec.updateStrategy': 'An update strategy to replace existing DaemonSet pods with new pods.',
  'Deployment.spec': 'Specification of the desired behavior of the Deployment.',
  'Deployment.status': 'Most recently observed status of the Deployment.',
  'DeploymentSpec.selector':
    "Label selector for pods. Existing ReplicaSets whose pods are selected by this will be the ones affected by this deployment. It must match the pod template's labels.",
  'DeploymentSpec.strategy': 'The deployment strategy to use to replace existing pods with new ones.',
  'DeploymentSpec.template':
    'Template describes the pods that will be created. The only allowed template.spec.restartPolicy value is "Always".',
  'DeploymentStrategy.rollingUpdate':
    'Rolling update config params. Present only if DeploymentStrategyType = RollingUpdate.',
  'EnvVar.valueFrom': "Source for the environment variable's value. Cannot be used if value is not empty.",
  'EnvVarSource.configMapKeyRef': 'Selects a key of a ConfigMap.',
  'EnvVarSource.secretKeyRef': "Selects a key of a secret in the pod's namespace",
  'AutoscalingV1HorizontalPodAutoscaler.spec': `spec defines the behaviour of autoscaler. ${SPEC_AND_STATUS}.`,
  'AutoscalingV1HorizontalPodAutoscaler.status': 'status is the current information about the autoscaler.',
  'HorizontalPodAutoscaler.spec': `spec is the specification for the behaviour of the autoscaler. ${SPEC_AND_STATUS}.`,
  'HorizontalPodAutoscaler.status': 'status is the current information about the autoscaler.',
  'Ingress.spec': `spec is the desired state of the Ingress. ${SPEC_AND_STATUS}`,
  'Ingress.status': `status is the current state of the Ingress. ${SPEC_AND_STATUS}`,
  'Job.spec': `Specification of the desired behavior of a job. ${SPEC_AND_STATUS}`,
  'Job.status': `Current status of a job. ${SPEC_AND_STATUS}`,
  'JobSpec.template':
    'Describes the pod that will be created when executing a job. The only allowed template.spec.restartPolicy values are "Never" or "OnFailure". More info: https://kubernetes.io/docs/concepts/workloads/controllers/jobs-run-to-completion/',
  'Namespace.spec': `Spec defines the behavior of the Namespace. ${SPEC_AND_STATUS}`,
  'Namespace.status': `Status describes the current status of a Namespace. ${SPEC_AND_STATUS}`,
  'NetworkPolicy.spec': 'spec represents the specification of the desired behavior for this NetworkPolicy.',
  'Node.spec': `Spec defines the behavior of a node. ${SPEC_AND_STATUS}`,
  'Node.status': `Most recently observed status of the node. Populated by the system. Read-only. ${SPEC_AND_STATUS}`,
  'PersistentVolumeClaim.spec':
    'spec defines the desired characteristics of a volume requested by a pod author. More info: https://kubernetes.io/docs/concepts/storage/persistent-volumes#persistentvolumeclaims',
  'PersistentVolumeClaim.status':
    'status represents the current information/status of a persistent volume claim. Read-only. More info: https://kubernetes.io/docs/concepts/storage/persistent-volumes#persistentvolumeclaims',
  'Pod.spec': `Specification of the desired behavior of the pod. ${SPEC_AND_STATUS}`,
  'Pod.status': `Most recently observed status of the pod. This data may not be up to date. Populated by the system. Read-only. ${SPEC_AND_STATUS}`,
  'PodDisruptionBudget.spec': 'Specification of the desired behavior of the PodDisruptionBudget.',
  'PodDisruptionBudget.status': 'Most recently observed status of the PodDisruptionBudget.',
  'PodSpec.affinity': "If specified, the pod's scheduling constraints",
  'PodSpec.securityContext':
    'SecurityContext holds pod-level security attributes and common container settings. Optional: Defaults to empty. See type description for default values of each field.',
  'PodTemplateSpec.metadata': `Standard object's metadata. More info: ${CONVENTIONS}#metadata`,
  'PodTemplateSpec.spec': `Specification of the desired behavior of the pod. ${SPEC_AND_STATUS}`,
  'Probe.exec': 'Exec specifies a command to execute in the container.',
  'Probe.grpc': 'GRPC specifies a GRPC HealthCheckRequest.',
  'Probe.httpGet': 'HTTPGet specifies an HTTP GET request to perform.',
  'Probe.tcpSocket': 'TCPSocket specifies a connection to a TCP port.',
  'ReplicaSet.spec': `Spec defines the specification of the desired behavior of the ReplicaSet. ${SPEC_AND_STATUS}`,
  'ReplicaSet.status': `Status is the most recently observed status of the ReplicaSet. This data may be out of date by some window of time. Populated by the system. Read-only. ${SPEC_AND_STATUS}`,
  'Service.spec': `Spec defines the behavior of a service. ${SPEC_AND_STATUS}`,
  'Service.status': `Most recently observed status of the service. Populated by the system. Read-only. ${SPEC_AND_STATUS}`,
  'StatefulSet.spec': 'Spec defines the desired identities of pods in this set.',
  'StatefulSet.status':
    'Status is the current status of Pods in this StatefulSet. This data may be out of date by some window of time.',
  'StatefulSetSpec.selector':
    "selector is a label query over pods that should match the replica count. It must match the pod template's labels. More info: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors",
};

/** The documentation of a reference field; `metadata` of every kind reads the same. */
export function referenceDoc(type: string, field: string, kind: boolean): string | undefined {
  if (kind && field === 'metadata') return REFERENCE_DOCS['PodTemplateSpec.metadata'];
  return REFERENCE_DOCS[`${type}.${field}`];
}
