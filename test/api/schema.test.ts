import { describe, expect, it } from 'vitest';
import { fieldAt, schema, typeOf } from '../../src/api/schema.ts';
import type { SchemaField } from '../../src/apimachinery/schema.ts';

const KINDS = [
  ...['Binding', 'ConfigMap', 'Endpoints', 'Event', 'LimitRange', 'Namespace', 'Node', 'Pod'],
  ...['PersistentVolume', 'PersistentVolumeClaim', 'PodTemplate', 'ReplicationController'],
  ...['ResourceQuota', 'Secret', 'Service', 'ServiceAccount', 'ControllerRevision', 'DaemonSet'],
  ...['Deployment', 'ReplicaSet', 'StatefulSet', 'CronJob', 'Job', 'HorizontalPodAutoscaler'],
  ...['Scale', 'Eviction', 'PodDisruptionBudget', 'Ingress', 'IngressClass', 'NetworkPolicy'],
  ...['EndpointSlice', 'Lease', 'StorageClass', 'PriorityClass', 'ClusterRole', 'Role'],
  ...['ClusterRoleBinding', 'RoleBinding', 'TokenRequest', 'TokenReview', 'SubjectAccessReview'],
  ...['SelfSubjectAccessReview', 'SelfSubjectRulesReview'],
];

describe('the schema', () => {
  it.each(KINDS)('knows %s as an object with metadata', (kind) => {
    expect(fieldAt(kind, ['metadata'])).toMatchObject({ type: 'ref', ref: 'ObjectMeta' });
    expect(fieldAt(kind, ['apiVersion'])).toMatchObject({ type: 'string' });
  });

  it('has every type that a field refers to', () => {
    const missing: string[] = [];
    const visit = (place: string, field: SchemaField): void => {
      if (field.type === 'ref' && typeOf(field.ref ?? '') === undefined) missing.push(place);
      if (field.items !== undefined) visit(place, field.items);
    };
    for (const [name, type] of Object.entries(schema)) {
      for (const [key, field] of Object.entries(type.fields)) visit(`${name}.${key}`, field);
    }
    expect(missing).toEqual([]);
  });

  const merge = (key: string, ...keys: string[]): Partial<SchemaField> => ({
    patchStrategy: 'merge',
    patchMergeKey: key,
    listType: 'map',
    listMapKeys: keys.length === 0 ? [key] : keys,
  });

  it.each<[string, string, Partial<SchemaField>]>([
    ['Container', 'ports', merge('containerPort', 'containerPort', 'protocol')],
    ['Container', 'env', merge('name')],
    ['Container', 'volumeMounts', merge('mountPath')],
    ['ServiceSpec', 'ports', merge('port', 'port', 'protocol')],
    ['ServiceSpec', 'selector', { mapType: 'atomic' }],
    ['PodSpec', 'containers', { ...merge('name'), required: true }],
    ['PodSpec', 'volumes', { ...merge('name'), patchStrategy: 'merge,retainKeys' }],
    ['PodSpec', 'topologySpreadConstraints', merge('topologyKey', 'topologyKey', 'whenUnsatisfiable')],
    ['PodSpec', 'tolerations', { listType: 'atomic' }],
    ['PodSpec', 'nodeSelector', { mapType: 'atomic' }],
    ['PodStatus', 'conditions', merge('type')],
    ['PodStatus', 'containerStatuses', { listType: 'atomic' }],
    ['ObjectMeta', 'finalizers', { patchStrategy: 'merge', listType: 'set' }],
    ['ObjectMeta', 'ownerReferences', merge('uid')],
    ['DeploymentSpec', 'strategy', { patchStrategy: 'retainKeys' }],
    ['DeploymentSpec', 'selector', { mapType: 'atomic', required: true }],
    ['PodDisruptionBudgetSpec', 'selector', { patchStrategy: 'replace' }],
    ['JobStatus', 'conditions', { patchStrategy: 'merge', patchMergeKey: 'type', listType: 'atomic' }],
    ['ServiceAccount', 'imagePullSecrets', { listType: 'atomic' }],
    ['Endpoint', 'addresses', { listType: 'set' }],
    ['IngressSpec', 'rules', { listType: 'atomic' }],
  ])('merges %s.%s as upstream does', (type, field, rule) => {
    expect(fieldAt(type, [field])).toMatchObject(rule);
  });

  it.each([
    ['PodSpec', 'tolerations'],
    ['Container', 'command'],
    ['NodeSpec', 'taints'],
  ])('lets a strategic merge patch replace %s.%s', (type, field) => {
    expect(fieldAt(type, [field])?.patchStrategy).toBeUndefined();
    expect(fieldAt(type, [field])?.patchMergeKey).toBeUndefined();
  });

  it.each<[string, readonly string[], Partial<SchemaField>]>([
    ['ResourceRequirements', ['limits', 'cpu'], { type: 'quantity' }],
    ['ResourceQuotaSpec', ['hard', 'pods'], { type: 'quantity' }],
    ['Node', ['status', 'allocatable', 'memory'], { type: 'quantity' }],
    ['MetricTarget', ['averageValue'], { type: 'quantity' }],
    ['ServicePort', ['targetPort'], { type: 'intOrString' }],
    ['ServicePort', ['port'], { type: 'integer', format: 'int32', required: true }],
    ['ObjectMeta', ['generation'], { type: 'integer', format: 'int64' }],
    ['ObjectMeta', ['creationTimestamp'], { type: 'time' }],
    ['Lease', ['spec', 'renewTime'], { type: 'microTime' }],
    ['Secret', ['data', 'password'], { type: 'bytes' }],
    ['Secret', ['stringData', 'password'], { type: 'string' }],
    ['ControllerRevision', ['data'], { type: 'any' }],
    ['HorizontalPodAutoscaler', ['spec', 'metrics', 'resource', 'name'], { type: 'string' }],
  ])('gives %s %j the right type', (type, path, expected) => {
    expect(fieldAt(type, path)).toMatchObject(expected);
  });

  it.each([
    ['PodSpec', 'schedulingGroup'],
    ['PodStatus', 'nodeAllocatableResourceClaimStatuses'],
  ])('has no %s.%s, which is newer than v1.35', (type, field) => {
    expect(fieldAt(type, [field])).toBeUndefined();
  });
});

describe('fieldAt', () => {
  it.each<[string, readonly string[]]>([
    ['passes through a list', ['spec', 'containers', 'image']],
    ['accepts an index into a list', ['spec', 'containers', '0', 'image']],
    ['passes through lists in lists', ['spec', 'containers', 'env', 'value']],
    ['takes the segment after a map as its key', ['metadata', 'labels', 'app.kubernetes.io/name']],
  ])('%s', (_, path) => {
    expect(fieldAt('Pod', path)).toMatchObject({ type: 'string' });
  });

  it.each<[string, string, readonly string[]]>([
    ['a field that does not exist', 'Pod', ['spec', 'contaners']],
    ['a type that does not exist', 'Podd', ['spec']],
    ['the empty path', 'Pod', []],
    ['a path below a scalar', 'Pod', ['kind', 'x']],
    ['a path below a map value', 'Pod', ['metadata', 'labels', 'a', 'b']],
    ['an index into what is no list', 'Pod', ['spec', '0']],
    ['a name every JavaScript object has', 'Pod', ['constructor']],
    ['a type name every JavaScript object has', 'constructor', ['name']],
  ])('finds nothing for %s', (_, type, path) => {
    expect(fieldAt(type, path)).toBeUndefined();
  });
});
