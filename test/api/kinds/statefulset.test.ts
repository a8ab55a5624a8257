import { describe, expect, it } from 'vitest';
import { controllerRevision } from '../../../src/api/kinds/controllerrevision.ts';
import { statefulSet } from '../../../src/api/kinds/statefulset.ts';
import { formatFieldError } from '../../../src/apimachinery/fielderror.ts';
import { complaints, defaulted, WEB } from './manifests.ts';

const template = { metadata: { labels: { app: 'web' } }, spec: { containers: [WEB] } };
const manifest = (spec: object = {}): unknown => ({
  apiVersion: 'apps/v1',
  kind: 'StatefulSet',
  metadata: { name: 'web', namespace: 'default' },
  spec: { selector: { matchLabels: { app: 'web' } }, template, ...spec },
});

describe('a StatefulSet', () => {
  it('gets upstream’s defaults', () => {
    expect(defaulted(statefulSet, manifest()).spec).toMatchObject({
      replicas: 1,
      podManagementPolicy: 'OrderedReady',
      revisionHistoryLimit: 10,
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } },
      persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
    });
  });

  it('loses maxUnavailable, whose feature gate is off', () => {
    const given = defaulted(
      statefulSet,
      manifest({ updateStrategy: { rollingUpdate: { maxUnavailable: 2, partition: 1 } } }),
    );
    expect(statefulSet.prepareForCreate?.(given).spec.updateStrategy?.rollingUpdate).toEqual({
      partition: 1,
    });
  });

  it.each<[string, object, string]>([
    [
      'a policy nobody knows',
      { podManagementPolicy: 'Fast' },
      "spec.podManagementPolicy: Invalid value: \"Fast\": must be 'OrderedReady' or 'Parallel'",
    ],
    [
      'a negative partition',
      { updateStrategy: { rollingUpdate: { partition: -1 } } },
      'spec.updateStrategy.rollingUpdate.partition: Invalid value: -1: must be greater than or equal to 0',
    ],
    [
      'a start below zero',
      { ordinals: { start: -1 } },
      'spec.ordinals.start: Invalid value: -1: must be greater than or equal to 0',
    ],
    [
      'a deletion policy nobody knows',
      { persistentVolumeClaimRetentionPolicy: { whenScaled: 'Keep' } },
      'spec.persistentVolumeClaimRetentionPolicy.whenScaled: Unsupported value: "Keep": supported values: "Delete", "Retain"',
    ],
    [
      'labels that do not match',
      { selector: { matchLabels: { app: 'db' } } },
      'spec.template.metadata.labels: Invalid value: {"app":"web"}: `selector` does not match template `labels`',
    ],
    [
      'pods that end',
      { template: { ...template, spec: { ...template.spec, restartPolicy: 'Never' } } },
      'spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"',
    ],
  ])('is refused with %s', (_, spec, message) => {
    expect(complaints(statefulSet, manifest(spec))).toContain(message);
  });

  it('may mount its claim templates', () => {
    const mounted = { ...WEB, volumeMounts: [{ name: 'data', mountPath: '/data' }] };
    const claim = { metadata: { name: 'data' }, spec: { accessModes: ['ReadWriteOnce'] } };
    const spec = { template: { ...template, spec: { containers: [mounted] } } };
    expect(complaints(statefulSet, manifest({ ...spec, volumeClaimTemplates: [claim] }))).toEqual([]);
    expect(complaints(statefulSet, manifest(spec))).not.toEqual([]);
  });

  it('may change only what upstream lists', () => {
    const old = defaulted(statefulSet, manifest());
    const scaled = { ...old, spec: { ...old.spec, replicas: 5, minReadySeconds: 3 } };
    expect(statefulSet.validateUpdate?.(scaled, old)).toEqual([]);
    const renamed = { ...old, spec: { ...old.spec, serviceName: 'other' } };
    expect(statefulSet.validateUpdate?.(renamed, old).map(formatFieldError)).toEqual([
      "spec: Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden",
    ]);
  });
});

describe('a ControllerRevision', () => {
  const revision = { apiVersion: 'apps/v1', kind: 'ControllerRevision', metadata: {}, revision: 1 };
  it('needs data, which stays', () => {
    expect(controllerRevision.validate(revision).map(formatFieldError)).toEqual([
      'data: Required value: data is mandatory',
    ]);
    const [old, next] = [
      { ...revision, data: { a: 1 } },
      { ...revision, data: { a: 2 } },
    ];
    expect(controllerRevision.validateUpdate?.(next, old).map(formatFieldError)).toEqual([
      'data: Invalid value: {"a":2}: field is immutable',
    ]);
  });
});
