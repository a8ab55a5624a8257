import type { Pod } from '../../api/generated/types.ts';
import { qosClassOf } from '../../api/qos.ts';
import {
  controlledBy,
  moment,
  phaseOrTerminating,
  writeAnnotations,
  writeLabels,
  writeTolerations,
} from './common.ts';
import { writeContainers, writeResources } from './containers.ts';
import { describer } from './describer.ts';
import { writeSpreadConstraints } from './podtemplate.ts';
import { writeVolumes } from './volumes.ts';
import type { DescribeWriter } from './writer.ts';

/** Pods (`describePod`). */
export const pod = describer<Pod>('pods', (w, object, context) => {
  const { metadata, spec, status = {} } = object;
  w.field('Name', metadata.name ?? '');
  w.field('Namespace', metadata.namespace ?? '');
  if (spec.priority !== undefined) w.field('Priority', spec.priority);
  if ((spec.priorityClassName ?? '') !== '') w.field('Priority Class Name', spec.priorityClassName ?? '');
  if ((spec.runtimeClassName ?? '') !== '') w.field('Runtime Class Name', spec.runtimeClassName ?? '');
  if ((spec.serviceAccountName ?? '') !== '') w.field('Service Account', spec.serviceAccountName ?? '');
  w.field('Node', (spec.nodeName ?? '') === '' ? '<none>' : `${spec.nodeName}/${status.hostIP ?? ''}`);
  if (status.startTime !== undefined) w.field('Start Time', moment(status.startTime));
  writeLabels(w, 'Labels', metadata.labels);
  writeAnnotations(w, 'Annotations', metadata.annotations);
  writeStatus(w, object, context.now());
  if ((status.reason ?? '') !== '') w.field('Reason', status.reason ?? '');
  if ((status.message ?? '') !== '') w.field('Message', status.message ?? '');
  const seccomp = spec.securityContext?.seccompProfile;
  if (seccomp !== undefined) w.field('SeccompProfile', seccomp.type);
  if (seccomp?.type === 'Localhost') w.field('LocalhostProfile', seccomp.localhostProfile ?? '');
  w.field('IP', status.podIP ?? '');
  writeIPs(w, object);
  const owner = controlledBy(object);
  if (owner !== undefined) w.field('Controlled By', owner);
  if ((status.nominatedNodeName ?? '') !== '') w.field('NominatedNodeName', status.nominatedNodeName ?? '');
  if (spec.resources !== undefined) {
    w.write(0, 'Resources:\n');
    writeResources(w, spec.resources, 1);
  }
  writeAllContainers(w, object);
  writePodConditions(w, object);
  writeVolumes(w, spec.volumes, '');
  w.field('QoS Class', qosClassOf(object));
  writeLabels(w, 'Node-Selectors', spec.nodeSelector);
  writeTolerations(w, 'Tolerations', spec.tolerations);
  writeSpreadConstraints(w, spec.topologySpreadConstraints, '');
});

function writeStatus(w: DescribeWriter, { metadata, status }: Pod, now: number): void {
  const phase = status?.phase ?? '';
  if (metadata.deletionTimestamp === undefined || phase === 'Failed' || phase === 'Succeeded') {
    w.field('Status', phase);
    return;
  }
  w.field('Status', phaseOrTerminating(metadata.deletionTimestamp, phase, now));
  w.field('Termination Grace Period', `${metadata.deletionGracePeriodSeconds ?? 0}s`);
}

function writeIPs(w: DescribeWriter, { status }: Pod): void {
  const ips = status?.podIPs ?? [];
  if (ips.length === 0) {
    w.field('IPs', '<none>');
    return;
  }
  w.write(0, 'IPs:\n');
  for (const { ip } of ips) w.field('IP', ip, 1);
}

function writeAllContainers(w: DescribeWriter, pod: Pod): void {
  const { spec, status } = pod;
  if ((spec.initContainers ?? []).length > 0)
    writeContainers(w, 'Init Containers', spec.initContainers ?? [], {
      statuses: status?.initContainerStatuses,
      pod,
      space: '',
    });
  writeContainers(w, 'Containers', spec.containers, { statuses: status?.containerStatuses, pod, space: '' });
  if ((spec.ephemeralContainers ?? []).length > 0)
    writeContainers(w, 'Ephemeral Containers', spec.ephemeralContainers ?? [], {
      statuses: status?.ephemeralContainerStatuses,
      pod,
      space: '',
    });
}

function writePodConditions(w: DescribeWriter, { spec, status }: Pod): void {
  const conditions = status?.conditions ?? [];
  const gates = spec.readinessGates ?? [];
  if (gates.length > 0) {
    w.write(0, 'Readiness Gates:\n  Type\tStatus\n');
    for (const { conditionType } of gates)
      w.write(
        1,
        `${conditionType} \t${conditions.find((c) => c.type === conditionType)?.status ?? '<none>'} \n`,
      );
  }
  if (conditions.length === 0) return;
  w.write(0, 'Conditions:\n  Type\tStatus\n');
  for (const condition of conditions) w.write(1, `${condition.type} \t${condition.status} \n`);
}
