import type { Container, EphemeralContainer, Pod, PodSpec } from '../../api/generated/types.ts';
import { namespaceOf } from '../../api/object.ts';
import { rand5 } from '../../apimachinery/names.ts';
import type { Random } from '../../sim/random.ts';
import type { KubectlContext } from '../context.ts';
import { type Failure, failure } from '../errors.ts';
import { type DebugProfile, onNode, PROFILES, secured } from './profiles.ts';
import type { DebugWishes } from './wishes.ts';

/** The pod that debugs a node from inside its namespaces (generateNodeDebugPod). */
export function nodePod(wishes: DebugWishes, node: string, random: Random): Pod {
  const { container: name, image, env, pullPolicy, stdin, tty } = wishes;
  const container: Container = {
    ...commandOf(wishes),
    ...(env.length === 0 ? {} : { env }),
    image,
    ...(pullPolicy === '' ? {} : { imagePullPolicy: pullPolicy }),
    name: name === '' ? 'debugger' : name,
    ...(stdin ? { stdin } : {}),
    terminationMessagePolicy: 'File',
    ...(tty ? { tty } : {}),
  };
  const profile = profileOf(wishes);
  const spec: PodSpec = {
    containers: [secured(container, profile, 'node')],
    nodeName: node,
    restartPolicy: 'Never',
    tolerations: [{ operator: 'Exists' }],
  };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      labels: { 'app.kubernetes.io/managed-by': 'kubectl-debug' },
      name: `node-debugger-${node}-${rand5(() => random.float())}`,
    },
    spec: onNode(spec, profile),
  };
}

/** The container that is added to a pod that runs (generateDebugContainer). */
export function debugContainer(wishes: DebugWishes, pod: Pod, context: KubectlContext): EphemeralContainer {
  const { image, env, pullPolicy, stdin, tty, target } = wishes;
  const container: EphemeralContainer = {
    ...commandOf(wishes),
    ...(env.length === 0 ? {} : { env }),
    image,
    ...(pullPolicy === '' ? {} : { imagePullPolicy: pullPolicy }),
    name: containerName(wishes, pod.spec, context),
    ...(stdin ? { stdin } : {}),
    ...(target === '' ? {} : { targetContainerName: target }),
    terminationMessagePolicy: 'File',
    ...(tty ? { tty } : {}),
  };
  return secured(container, profileOf(wishes), 'ephemeral');
}

/** A copy of a pod with a container more, or with one changed (generatePodCopyWithDebugContainer). */
export function copyWith(
  wishes: DebugWishes,
  pod: Pod,
  context: KubectlContext,
): { readonly pod: Pod; readonly container: string } | Failure {
  const { images, image, sameNode, shareProcesses } = wishes;
  const { ephemeralContainers: _e, nodeName, ...kept } = pod.spec;
  const spec: PodSpec = {
    ...kept,
    ...(sameNode && nodeName !== undefined ? { nodeName } : {}),
    ...(shareProcesses === undefined ? {} : { shareProcessNamespace: shareProcesses }),
    containers: kept.containers.map((container) => {
      const other = images.get(container.name) ?? images.get('*');
      return other === undefined || other === '' ? container : { ...container, image: other };
    }),
  };
  const names = [...spec.containers, ...(spec.initContainers ?? [])].map(({ name }) => name);
  if (!names.includes(wishes.container)) {
    if (image === '')
      return images.size > 0
        ? { pod: copied(wishes, pod, spec), container: '' }
        : failure('you must specify image when creating new container');
    const name = containerName(wishes, spec, context);
    const added: Container = { name, terminationMessagePolicy: 'File' };
    return changed(wishes, pod, { ...spec, containers: [...spec.containers, added] }, name);
  }
  return changed(wishes, pod, spec, wishes.container);
}

/** The copy with the wishes for its debugging container fulfilled, and the profile applied. */
function changed(
  wishes: DebugWishes,
  pod: Pod,
  spec: PodSpec,
  name: string,
): { readonly pod: Pod; readonly container: string } {
  const profile = profileOf(wishes);
  const { image, env, pullPolicy, stdin, tty, command, argumentsOnly } = wishes;
  const change = (container: Container): Container => {
    if (container.name !== name) return container;
    const { stdin: _s, tty: _t, ...rest } = container;
    if (command.length > 0 && !argumentsOnly) delete (rest as { args?: unknown }).args;
    const next: Container = {
      ...rest,
      ...commandOf(wishes),
      ...(env.length === 0 ? {} : { env }),
      ...(image === '' ? {} : { image }),
      ...(pullPolicy === '' ? {} : { imagePullPolicy: pullPolicy }),
      ...(stdin ? { stdin } : {}),
      ...(tty ? { tty } : {}),
    };
    return secured(next, profile, 'copy');
  };
  const { initContainers, ...rest } = spec;
  const whole: PodSpec = {
    ...rest,
    ...(initContainers === undefined ? {} : { initContainers: initContainers.map(change) }),
    ...(profile.sharesProcesses ? { shareProcessNamespace: true } : {}),
    containers: spec.containers.map(change),
  };
  const stripped = profile.strips ? strip(whole, wishes.keep) : whole;
  return { pod: copied(wishes, pod, stripped, profile), container: name };
}

function strip(spec: PodSpec, keep: DebugWishes['keep']): PodSpec {
  const { initContainers, ...rest } = spec;
  return {
    ...rest,
    ...(keep.initContainers && initContainers !== undefined ? { initContainers } : {}),
    containers: spec.containers.map(({ livenessProbe, readinessProbe, startupProbe, ...container }) => ({
      ...container,
      ...(keep.liveness && livenessProbe !== undefined ? { livenessProbe } : {}),
      ...(keep.readiness && readinessProbe !== undefined ? { readinessProbe } : {}),
      ...(keep.startup && startupProbe !== undefined ? { startupProbe } : {}),
    })),
  };
}

/** Without labels no Service and no ReplicaSet takes the copy for one of its own. */
function copied(wishes: DebugWishes, pod: Pod, spec: PodSpec, profile?: DebugProfile): Pod {
  const { labels, annotations } = pod.metadata;
  const keepLabels = profile === undefined || (profile.strips && wishes.keep.labels);
  const keepAnnotations = profile === undefined || !profile.strips || wishes.keep.annotations;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...(keepAnnotations && annotations !== undefined ? { annotations } : {}),
      ...(keepLabels && labels !== undefined ? { labels } : {}),
      name: wishes.copyTo,
      namespace: namespaceOf(pod),
    },
    spec,
  };
}

function profileOf({ profile }: DebugWishes): DebugProfile {
  return PROFILES.get(profile) as DebugProfile;
}

function commandOf({ command, argumentsOnly }: DebugWishes): Pick<Container, 'args' | 'command'> {
  if (command.length === 0) return {};
  return argumentsOnly ? { args: command } : { command };
}

function containerName(wishes: DebugWishes, spec: PodSpec, context: KubectlContext): string {
  if (wishes.container !== '') return wishes.container;
  const { containers, initContainers = [], ephemeralContainers = [] } = spec;
  const taken = new Set([...containers, ...initContainers, ...ephemeralContainers].map(({ name }) => name));
  let name = '';
  while (name === '' || taken.has(name)) name = `debugger-${rand5(() => context.random.float())}`;
  if (!wishes.quiet) context.stdio.out(`Defaulting debug container name to ${name}.\n`);
  return name;
}
