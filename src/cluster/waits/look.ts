import type { Container, Pod } from '../../api/generated/types.ts';
import { nameOf, namespaceOf } from '../../api/object.ts';

/** The command that shows an object with its events; no namespace for kinds without, and for the default one. */
export function describeCommand(singular: string, name: string, namespace = ''): string {
  return `kubectl describe ${singular} ${name}${flag(namespace)}`;
}

/** The command that shows what a container wrote, in its run before if need be. */
export function logsCommand(pod: Pod, { name }: Container, previous = false): string {
  const several = pod.spec.containers.length + (pod.spec.initContainers?.length ?? 0) > 1;
  const container = several ? ` -c ${name}` : '';
  return `kubectl logs ${nameOf(pod)}${container}${flag(namespaceOf(pod))}${previous ? ' --previous' : ''}`;
}

function flag(namespace: string): string {
  return namespace === '' || namespace === 'default' ? '' : ` -n ${namespace}`;
}
