import {
  child,
  type FieldError,
  forbidden,
  index,
  invalid,
  notSupported,
  required,
} from '../../apimachinery/fielderror.ts';
import { isQuantityError, milliValue, parseQuantity, sign } from '../../apimachinery/quantity.ts';
import { isDNS1123Subdomain, isQualifiedName, isValidLabelValue } from '../../apimachinery/validation.ts';
import { ageColumn, nameColumn } from '../columns.ts';
import { defaultResourceList } from '../defaults/resources.ts';
import type { Node, NodeSpec, NodeStatus, Taint } from '../generated/types.ts';
import { type KindDefinition, withField } from '../kind.ts';
import { IS_NEGATIVE } from '../validation/common.ts';
import { invalidEach, validateCIDRs, validateDualStackCIDRs } from '../validation/net.ts';
import { isExtendedResource } from '../validation/resources.ts';

const EFFECTS: readonly string[] = Object.freeze(['NoSchedule', 'PreferNoSchedule', 'NoExecute']);
const NO_SPEC: NodeSpec = Object.freeze({});
const NO_LIST: readonly never[] = Object.freeze([]);
const ROLE_PREFIX = 'node-role.kubernetes.io/';
const ROLE_LABEL = 'kubernetes.io/role';

/** `podCIDR` and the first of `podCIDRs` are one (core/v1 conversion.go). */
function syncPodCIDRs(spec: NodeSpec): NodeSpec {
  const first = spec.podCIDRs?.[0];
  const single = spec.podCIDR ?? '';
  if (single === '') return first === undefined ? spec : { ...spec, podCIDR: first };
  return first === single ? spec : { ...spec, podCIDRs: [single] };
}

/** What is allocatable is all there is, where the kubelet does not say otherwise (SetDefaults_NodeStatus). */
function defaultStatus(status: NodeStatus): NodeStatus {
  const { capacity, allocatable = capacity } = status;
  const next = {
    ...(capacity === undefined ? {} : { capacity: defaultResourceList(capacity) }),
    ...(allocatable === undefined ? {} : { allocatable: defaultResourceList(allocatable) }),
  };
  if (next.capacity === status.capacity && next.allocatable === status.allocatable) return status;
  return { ...status, ...next };
}

function applyDefaults(object: Node): Node {
  const out = withField(object, 'spec', syncPodCIDRs(object.spec ?? NO_SPEC));
  return out.status === undefined ? out : withField(out, 'status', defaultStatus(out.status));
}

/** pkg/apis/core/validation/validation.go validateNodeTaints. */
function validateTaints(path: string, taints: readonly Taint[]): readonly FieldError[] {
  const errors: FieldError[] = [];
  const seen = new Set<string>();
  taints.forEach((taint, i) => {
    const at = index(path, i);
    const { key = '', effect = '', value = '' } = taint;
    errors.push(...invalidEach(child(at, 'key'), key, isQualifiedName(key)));
    const bad = isValidLabelValue(value);
    if (bad.length > 0) errors.push(invalid(child(at, 'value'), value, bad.join(';')));
    if (effect === '') errors.push(required(child(at, 'effect')));
    else if (!EFFECTS.includes(effect)) errors.push(notSupported(child(at, 'effect'), effect, EFFECTS));
    const id = `${effect}\n${key}`;
    if (seen.has(id)) {
      // Upstream prints its internal type here, which has no JSON names.
      const shown = { Key: key, Value: value, Effect: effect, TimeAdded: taint.timeAdded ?? null };
      const detail = 'taints must be unique by key and effect pair';
      errors.push({ type: 'FieldValueDuplicate', field: at, badValue: shown, detail });
    }
    seen.add(id);
  });
  return errors;
}

function validateResources(path: string, list: Readonly<Record<string, string>>): readonly FieldError[] {
  const errors: FieldError[] = [];
  for (const [name, text] of Object.entries(list)) {
    const quantity = parseQuantity(String(text));
    const at = child(path, name);
    if (isQuantityError(quantity)) {
      errors.push(invalid(at, text, quantity.error));
      continue;
    }
    if (sign(quantity) < 0) errors.push(invalid(at, text, IS_NEGATIVE));
    if ((name === 'pods' || isExtendedResource(name)) && milliValue(quantity) % 1000 !== 0) {
      errors.push(invalid(at, text, 'must be an integer'));
    }
  }
  return errors;
}

/** ValidateNode; that taints are said to be in `metadata` is upstream's. */
function validate(object: Node): readonly FieldError[] {
  const { spec, status } = object;
  const cidrs = spec.podCIDRs ?? NO_LIST;
  return [
    ...validateTaints('metadata.taints', spec.taints ?? NO_LIST),
    ...validateResources('status.capacity', status?.capacity ?? {}),
    ...validateResources('status.allocatable', status?.allocatable ?? {}),
    ...validateCIDRs('spec.podCIDRs', cidrs),
    ...validateDualStackCIDRs('spec.podCIDRs', cidrs),
  ];
}

/** ValidateNodeUpdate: what was set once stays. */
function validateUpdate(next: Node, old: Node): readonly FieldError[] {
  const errors: FieldError[] = [];
  const seen = new Set<string>();
  (next.status?.addresses ?? NO_LIST).forEach(({ type, address }, i) => {
    const id = `${type}\n${address}`;
    if (seen.has(id)) {
      const shown = { Type: type, Address: address };
      const field = index('status.addresses', i);
      errors.push({ type: 'FieldValueDuplicate', field, badValue: shown, detail: '' });
    }
    seen.add(id);
  });
  const [was, is] = [old.spec.podCIDRs ?? NO_LIST, next.spec.podCIDRs ?? NO_LIST];
  if (was.length > 0 && (was.length !== is.length || was.some((cidr, i) => cidr !== is[i]))) {
    errors.push(forbidden('spec.podCIDRs', 'node updates may not change podCIDR except from "" to valid'));
  }
  if ((old.spec.providerID ?? '') !== '' && next.spec.providerID !== old.spec.providerID) {
    errors.push(
      forbidden('spec.providerID', 'node updates may not change providerID except from "" to valid'),
    );
  }
  if ((next.spec.externalID ?? '') !== (old.spec.externalID ?? '')) {
    errors.push(forbidden('spec.externalID', 'may not be updated'));
  }
  return errors;
}

function statusOf(object: Node): string {
  const ready = object.status?.conditions?.find((c) => c.type === 'Ready');
  const state = ready === undefined ? 'Unknown' : ready.status === 'True' ? 'Ready' : 'NotReady';
  return object.spec.unschedulable === true ? `${state},SchedulingDisabled` : state;
}

/** The roles of a node by its labels, as kubectl shows them (printers.findNodeRoles). */
export function nodeRoles(object: Node): readonly string[] {
  const roles = new Set<string>();
  for (const [key, value] of Object.entries(object.metadata.labels ?? {})) {
    if (key.startsWith(ROLE_PREFIX) && key.length > ROLE_PREFIX.length)
      roles.add(key.slice(ROLE_PREFIX.length));
    else if (key === ROLE_LABEL && value !== '') roles.add(value);
  }
  return [...roles].sort();
}

function addressOf(object: Node, type: string): string {
  return object.status?.addresses?.find((a) => a.type === type)?.address ?? '<none>';
}

const orUnknown = (text: string | undefined): string =>
  text === undefined || text === '' ? '<unknown>' : text;

/** v1 Node: a machine that runs pods. */
export const node: KindDefinition<Node> = {
  group: '',
  version: 'v1',
  kind: 'Node',
  plural: 'nodes',
  singular: 'node',
  shortNames: ['no'],
  namespaced: false,
  schemaType: 'Node',
  validateName: isDNS1123Subdomain,
  applyDefaults,
  validate,
  validateUpdate,
  statusSubresource: true,
  hasGeneration: false,
  allowUnconditionalUpdate: true,
  defaultPropagation: 'Background',
  selectableFields: { 'spec.unschedulable': (n) => String(n.spec.unschedulable === true) },
  subresources: ['proxy'],
  columns: [
    nameColumn,
    { name: 'Status', cell: statusOf },
    { name: 'Roles', cell: (n) => nodeRoles(n).join(',') || '<none>' },
    ageColumn,
    { name: 'Version', cell: (n) => n.status?.nodeInfo?.kubeletVersion ?? '' },
    { name: 'Internal-IP', wide: true, cell: (n) => addressOf(n, 'InternalIP') },
    { name: 'External-IP', wide: true, cell: (n) => addressOf(n, 'ExternalIP') },
    { name: 'OS-Image', wide: true, cell: (n) => orUnknown(n.status?.nodeInfo?.osImage) },
    { name: 'Kernel-Version', wide: true, cell: (n) => orUnknown(n.status?.nodeInfo?.kernelVersion) },
    {
      name: 'Container-Runtime',
      wide: true,
      cell: (n) => orUnknown(n.status?.nodeInfo?.containerRuntimeVersion),
    },
  ],
};
