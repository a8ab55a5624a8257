import type { KubeObject } from './object.ts';

/**
 * Fields that are accepted, checked and stored like any other, but that this version of the
 * simulator does not act on. Whoever sets one is warned. A segment `[*]` stands for every element of
 * a list. A field that comes to be acted on leaves this table.
 */
const POD_SPEC_FIELDS: readonly string[] = [
  'containers[*].securityContext.procMount',
  'containers[*].securityContext.seLinuxOptions',
  'containers[*].securityContext.windowsOptions',
  'containers[*].volumeDevices',
  'hostIPC',
  'initContainers[*].securityContext.procMount',
  'initContainers[*].securityContext.seLinuxOptions',
  'initContainers[*].securityContext.windowsOptions',
  'initContainers[*].volumeDevices',
  'resourceClaims',
  'securityContext.seLinuxChangePolicy',
  'securityContext.seLinuxOptions',
  'securityContext.windowsOptions',
  'volumes[*].awsElasticBlockStore',
  'volumes[*].azureDisk',
  'volumes[*].azureFile',
  'volumes[*].cephfs',
  'volumes[*].cinder',
  'volumes[*].csi',
  'volumes[*].fc',
  'volumes[*].flexVolume',
  'volumes[*].flocker',
  'volumes[*].gcePersistentDisk',
  'volumes[*].gitRepo',
  'volumes[*].glusterfs',
  'volumes[*].image',
  'volumes[*].iscsi',
  'volumes[*].nfs',
  'volumes[*].photonPersistentDisk',
  'volumes[*].portworxVolume',
  'volumes[*].quobyte',
  'volumes[*].rbd',
  'volumes[*].scaleIO',
  'volumes[*].storageos',
  'volumes[*].vsphereVolume',
];

/** Certificates are stand-ins, so nothing is checked against a bundle of them. */
const WEBHOOK_FIELDS: readonly string[] = ['webhooks[*].clientConfig.caBundle'];

const TEMPLATE_FIELDS = POD_SPEC_FIELDS.map((field) => `spec.template.spec.${field}`);

/** Kind to fields; kinds without an entry are acted on in full. */
const IGNORED: ReadonlyMap<string, readonly string[]> = new Map([
  ['Pod', POD_SPEC_FIELDS.map((field) => `spec.${field}`)],
  ['CustomResourceDefinition', ['spec.conversion.webhook']],
  ['CronJob', POD_SPEC_FIELDS.map((field) => `spec.jobTemplate.spec.template.spec.${field}`)],
  ['DaemonSet', TEMPLATE_FIELDS],
  ['Deployment', TEMPLATE_FIELDS],
  ['Job', TEMPLATE_FIELDS],
  ['MutatingWebhookConfiguration', WEBHOOK_FIELDS],
  ['ReplicaSet', TEMPLATE_FIELDS],
  ['ReplicationController', TEMPLATE_FIELDS],
  ['RuntimeClass', ['handler']],
  ['StatefulSet', TEMPLATE_FIELDS],
  ['ValidatingWebhookConfiguration', WEBHOOK_FIELDS],
]);

/** A table of paths as a tree, so that an object is walked once and only where the table leads. */
type Tree = Map<string, Tree>;

const trees = new Map<string, Tree>();

function treeOf(kind: string): Tree | undefined {
  const known = trees.get(kind);
  if (known !== undefined) return known;
  const fields = IGNORED.get(kind);
  if (fields === undefined) return undefined;
  const root: Tree = new Map();
  for (const field of fields) {
    let tree = root;
    for (const segment of field.replaceAll('[*]', '.[*]').split('.')) {
      const next: Tree = tree.get(segment) ?? new Map();
      tree.set(segment, next);
      tree = next;
    }
  }
  trees.set(kind, root);
  return root;
}

/** One sentence for each field that the object sets and the simulator does not act on, in the table's order. */
export function ignoredFieldWarnings(object: KubeObject): readonly string[] {
  const tree = treeOf(object.kind);
  if (tree === undefined) return NONE;
  const paths: string[] = [];
  collect(paths, '', object, tree);
  return paths.map((path) => `${path}: accepted, but this version of Shipshape does not act on this field`);
}

const NONE: readonly string[] = Object.freeze([]);

function collect(paths: string[], path: string, value: unknown, tree: Tree): void {
  if (isNothing(value)) return;
  if (tree.size === 0) {
    paths.push(path);
    return;
  }
  for (const [segment, next] of tree) {
    if (segment === '[*]') {
      if (!Array.isArray(value)) continue;
      for (const [i, item] of value.entries()) collect(paths, `${path}[${i}]`, item, next);
    } else if (typeof value === 'object' && value !== null && Object.hasOwn(value, segment)) {
      const below = (value as Record<string, unknown>)[segment];
      collect(paths, path === '' ? segment : `${path}.${segment}`, below, next);
    }
  }
}

/** Empty values and `false` are what the simulator does anyway: they ask for nothing. */
function isNothing(value: unknown): boolean {
  if (value === undefined || value === null || value === false || value === '') return true;
  if (Array.isArray(value)) return value.length === 0;
  return typeof value === 'object' && Object.keys(value).length === 0;
}
