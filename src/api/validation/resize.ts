import { semanticEqual } from '../../apimachinery/equal.ts';
import { child, type FieldError, forbidden, index, invalid } from '../../apimachinery/fielderror.ts';
import type { Container, Pod, ResourceRequirements } from '../generated/types.ts';
import { isRestartableInitContainer } from '../podstatus.ts';
import { computeQosClass } from '../qos.ts';
import { MIRROR_POD } from './podannotations.ts';

const MUTABLE: ReadonlySet<string> = new Set(['cpu', 'memory']);
const LISTS = ['requests', 'limits'] as const;

/** What may be changed of the resources of a pod that runs (ValidatePodResize). */
export function validateResize(next: Pod, old: Pod): readonly FieldError[] {
  if (old.spec.resources !== undefined)
    return [forbidden('', 'pods with pod-level resources cannot be resized')];
  if (old.metadata.annotations?.[MIRROR_POD] !== undefined)
    return [forbidden('', 'static pods cannot be resized')];
  if (old.spec.os?.name === 'windows') return [forbidden('', 'windows pods cannot be resized')];
  const errors: FieldError[] = [];
  const qos = computeQosClass(next.spec);
  if (qos !== (old.status?.qosClass ?? computeQosClass(old.spec)))
    errors.push(invalid('spec', qos, 'Pod QOS Class may not change as a result of resizing'));
  const lists = [
    ['containers', next.spec.containers, old.spec.containers],
    ['initContainers', next.spec.initContainers ?? [], old.spec.initContainers ?? []],
  ] as const;
  const before = errors.length;
  for (const [name, after, first] of lists) checkOrder(errors, name, after, first);
  if (errors.length > before) return errors;
  for (const [name, after, first] of lists) checkRemoved(errors, child('spec', name), after, first);
  for (const [name, after, first] of lists) checkMutable(errors, child('spec', name), after, first);
  return errors;
}

type List = readonly Container[];

function checkOrder(errors: FieldError[], name: string, next: List, old: List): void {
  const what = name === 'containers' ? 'containers' : 'init containers';
  if (next.length !== old.length)
    errors.push(forbidden(child('spec', name), `${what} may not be added or removed on resize`));
  else if (next.some((container, i) => container.name !== old[i]?.name))
    errors.push(forbidden(child('spec', name), `${what} may not be renamed or reordered on resize`));
}

function checkRemoved(errors: FieldError[], path: string, next: List, old: List): void {
  for (const [i, container] of old.entries()) {
    for (const list of LISTS) {
      const kept = Object.keys(container.resources?.[list] ?? {}).every(
        (name) => next[i]?.resources?.[list]?.[name] !== undefined,
      );
      if (kept) continue;
      const what = list === 'requests' ? 'requests' : 'limits';
      errors.push(forbidden(child(index(path, i), 'resources'), `resource ${what} cannot be removed`));
    }
  }
}

function checkMutable(errors: FieldError[], path: string, next: List, old: List): void {
  for (const [i, before] of old.entries()) {
    const after = next[i];
    if (after === undefined || semanticEqual(after, before)) continue;
    if (path === 'spec.initContainers' && !isRestartableInitContainer(before))
      errors.push(
        forbidden(
          child(index(path, i), 'resources'),
          'resources for non-sidecar init containers are immutable',
        ),
      );
    else if (!semanticEqual(fixed(after), fixed(before)))
      errors.push(forbidden('spec', 'only cpu and memory resources are mutable'));
  }
}

/** A container without what a resize may change. */
function fixed({ resources, ...rest }: Container): object {
  return { ...rest, resources: fixedResources(resources) };
}

function fixedResources({ requests = {}, limits = {}, ...rest }: ResourceRequirements = {}): object {
  const others = (list: Readonly<Record<string, string>>): object =>
    Object.fromEntries(Object.entries(list).filter(([name]) => !MUTABLE.has(name)));
  return { ...rest, requests: others(requests), limits: others(limits) };
}
