import { describe, expect, it } from 'vitest';
import type { DaemonSet, Deployment } from '../../../src/api/generated/types.ts';
import { daemonSet, TEMPLATE_GENERATION } from '../../../src/api/kinds/daemonset.ts';
import { deployment } from '../../../src/api/kinds/deployment.ts';
import { replicaSet } from '../../../src/api/kinds/replicaset.ts';
import { replicationController } from '../../../src/api/kinds/replicationcontroller.ts';
import { formatFieldError } from '../../../src/apimachinery/fielderror.ts';
import { complaints, defaulted, deploymentManifest, deploymentWith, WEB } from './manifests.ts';

const template = { metadata: { labels: { app: 'web' } }, spec: { containers: [WEB] } };
const selector = { matchLabels: { app: 'web' } };
const daemonManifest = (spec: object = {}): unknown => ({
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name: 'web', namespace: 'default' },
  spec: { selector, template, ...spec },
});

describe('defaults', () => {
  it('of a Deployment are upstream’s', () => {
    const { spec } = deploymentWith();
    expect(spec).toMatchObject({
      replicas: 1,
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: 600,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } },
      template: { spec: { restartPolicy: 'Always', terminationGracePeriodSeconds: 30 } },
    });
    expect(spec.template.spec).not.toHaveProperty('enableServiceLinks');
  });

  it('of a Recreate strategy add nothing to it', () => {
    expect(deploymentWith({ strategy: { type: 'Recreate' } }).spec.strategy).toEqual({ type: 'Recreate' });
  });

  it('of a DaemonSet are upstream’s', () => {
    expect(defaulted(daemonSet, daemonManifest()).spec).toMatchObject({
      revisionHistoryLimit: 10,
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1, maxSurge: 0 } },
    });
  });

  it('of a ReplicationController take selector and labels from the template', () => {
    const manifest = {
      apiVersion: 'v1',
      kind: 'ReplicationController',
      metadata: { name: 'a' },
      spec: { template },
    };
    const object = defaulted(replicationController, manifest);
    expect(object.spec.selector).toEqual({ app: 'web' });
    expect(object.metadata.labels).toEqual({ app: 'web' });
    expect(object.spec.replicas).toBe(1);
  });

  it('change nothing when they are filled in already', () => {
    const once = deploymentWith();
    expect(deployment.applyDefaults(once)).toBe(once);
  });
});

describe('a Deployment is refused', () => {
  const mismatch = 'Invalid value: {"app":"web"}: `selector` does not match template `labels`';
  const cases: readonly (readonly [name: string, manifest: unknown, expected: readonly string[]])[] = [
    [
      'without a selector',
      deploymentManifest({ selector: undefined }),
      ['spec.selector: Required value', `spec.template.metadata.labels: ${mismatch}`],
    ],
    [
      'with an empty selector',
      deploymentManifest({ selector: {} }),
      ['spec.selector: Invalid value: {}: empty selector is invalid for deployment'],
    ],
    [
      'with a selector that its template does not meet',
      deploymentManifest({ selector: { matchLabels: { app: 'api' } } }),
      [`spec.template.metadata.labels: ${mismatch}`],
    ],
    [
      'with a selector operator that has no values',
      deploymentManifest({
        selector: { matchLabels: { app: 'web' }, matchExpressions: [{ key: 'a', operator: 'In' }] },
      }),
      [
        "spec.selector.matchExpressions[0].values: Required value: must be specified when `operator` is 'In' or 'NotIn'",
        'spec.selector: Invalid value: {"matchLabels":{"app":"web"},"matchExpressions":[{"key":"a","operator":"In"}]}: invalid label selector',
      ],
    ],
    [
      'with pods that do not go on for ever',
      deploymentManifest({}, { restartPolicy: 'Never', activeDeadlineSeconds: 5 }),
      [
        'spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"',
        'spec.template.spec.activeDeadlineSeconds: Forbidden: activeDeadlineSeconds in ReplicaSet is not Supported',
      ],
    ],
    [
      'with negative numbers',
      deploymentManifest({ replicas: -1, minReadySeconds: -1, revisionHistoryLimit: -1 }),
      [
        'spec.replicas: Invalid value: -1: must be greater than or equal to 0',
        'spec.minReadySeconds: Invalid value: -1: must be greater than or equal to 0',
        'spec.revisionHistoryLimit: Invalid value: -1: must be greater than or equal to 0',
      ],
    ],
    [
      'whose progress deadline is not past minReadySeconds',
      deploymentManifest({ minReadySeconds: 600 }),
      ['spec.progressDeadlineSeconds: Invalid value: 600: must be greater than minReadySeconds'],
    ],
    [
      'that recreates in a rolling way',
      deploymentManifest({ strategy: { type: 'Recreate', rollingUpdate: { maxSurge: 1 } } }),
      ["spec.strategy.rollingUpdate: Forbidden: may not be specified when strategy `type` is 'Recreate'"],
    ],
    [
      'that can neither add nor remove pods',
      deploymentManifest({ strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: '0%' } } }),
      ['spec.strategy.rollingUpdate.maxUnavailable: Invalid value: "0%": may not be 0 when `maxSurge` is 0'],
    ],
    [
      'with more than all unavailable, and a surge that is no percentage',
      deploymentManifest({ strategy: { rollingUpdate: { maxSurge: 'many', maxUnavailable: '101%' } } }),
      [
        `spec.strategy.rollingUpdate.maxSurge: Invalid value: "many": a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')`,
        'spec.strategy.rollingUpdate.maxUnavailable: Invalid value: "101%": must not be greater than 100%',
      ],
    ],
    [
      'with an unknown strategy',
      deploymentManifest({ strategy: { type: 'BlueGreen' } }),
      [
        'spec.strategy: Unsupported value: {"Type":"BlueGreen","RollingUpdate":null}: supported values: "Recreate", "RollingUpdate"',
      ],
    ],
    [
      'without a template',
      deploymentManifest({ template: undefined }),
      [
        'spec.template.metadata.labels: Invalid value: null: `selector` does not match template `labels`',
        'spec.template.spec.containers: Required value',
      ],
    ],
  ];
  it.each(cases)('%s', (_, manifest, expected) => {
    expect(complaints(deployment, manifest)).toEqual(expected);
  });

  it('when its selector changes', () => {
    const old = deploymentWith();
    const next: Deployment = { ...old, spec: { ...old.spec, selector: { matchLabels: { app: 'api' } } } };
    expect(deployment.validateUpdate?.(next, old).map(formatFieldError)).toEqual([
      'spec.selector: Invalid value: {"matchLabels":{"app":"api"}}: field is immutable',
    ]);
  });
});

describe('a Deployment', () => {
  it('has spaces around an image, which only a pod may not', () => {
    expect(
      complaints(deployment, deploymentManifest({}, { containers: [{ ...WEB, image: ' nginx' }] })),
    ).toEqual([]);
  });

  it('gets a new generation with its spec or annotations, not with labels or status', () => {
    const old = deploymentWith();
    const grown = (next: Deployment): boolean | undefined => deployment.generationChanged?.(next, old);
    expect(grown({ ...old, spec: { ...old.spec, replicas: 3 } })).toBe(true);
    expect(grown({ ...old, metadata: { ...old.metadata, annotations: { a: 'b' } } })).toBe(true);
    expect(grown({ ...old, metadata: { ...old.metadata, labels: { a: 'b' } } })).toBe(false);
    expect(grown({ ...old, status: { replicas: 3 } })).toBe(false);
    expect(grown({ ...old, spec: { ...old.spec } })).toBe(false);
  });

  it('prints as kubectl prints it', () => {
    const now = Date.UTC(2026, 0, 5, 0, 5, 30);
    const object: Deployment = {
      ...deploymentWith({ replicas: 3 }),
      metadata: { name: 'web', creationTimestamp: '2026-01-05T00:00:00Z' },
      status: { readyReplicas: 2, updatedReplicas: 3, availableReplicas: 1 },
    };
    expect(deployment.columns.map((column) => [column.name, column.cell(object, now)])).toEqual([
      ['Name', 'web'],
      ['Ready', '2/3'],
      ['Up-to-date', 3],
      ['Available', 1],
      ['Age', '5m30s'],
      ['Containers', 'web'],
      ['Images', 'nginx:1.27'],
      ['Selector', 'app=web'],
    ]);
  });
});

describe('other workloads', () => {
  it('ReplicaSets need a selector and a template that meets it', () => {
    expect(
      complaints(replicaSet, { apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata: {}, spec: {} }),
    ).toEqual([
      'spec.selector: Required value',
      'spec.template.metadata.labels: Invalid value: null: `selector` does not match template `labels`',
      'spec.template.spec.containers: Required value',
    ]);
  });

  it('DaemonSets say daemonset where the selector is empty', () => {
    expect(complaints(daemonSet, daemonManifest({ selector: {} }))).toEqual([
      'spec.selector: Invalid value: {}: empty selector is invalid for daemonset',
    ]);
  });

  it.each([
    [
      { maxUnavailable: 1, maxSurge: 1 },
      'maxSurge: Invalid value: 1: may not be set when maxUnavailable is non-zero',
    ],
    [{ maxUnavailable: 0 }, 'maxUnavailable: Required value: cannot be 0 when maxSurge is 0'],
  ])('DaemonSets roll out either way, not %o', (rollingUpdate, expected) => {
    expect(complaints(daemonSet, daemonManifest({ updateStrategy: { rollingUpdate } }))).toEqual([
      `spec.updateStrategy.rollingUpdate.${expected}`,
    ]);
  });

  it('DaemonSets count the changes of their template', () => {
    const created = daemonSet.prepareForCreate?.(defaulted(daemonSet, daemonManifest())) as DaemonSet;
    expect(created.metadata.annotations).toEqual({ [TEMPLATE_GENERATION]: '1' });
    expect(daemonSet.prepareForUpdate?.(created, created)).toBe(created);
    const changed = {
      ...created,
      spec: { ...created.spec, template: { ...template, metadata: { labels: { app: 'web', v: '2' } } } },
    };
    expect(daemonSet.prepareForUpdate?.(changed, created).metadata.annotations).toEqual({
      [TEMPLATE_GENERATION]: '2',
    });
  });

  it('ReplicationControllers need a selector, given or from the template', () => {
    const manifest = { apiVersion: 'v1', kind: 'ReplicationController', metadata: {}, spec: {} };
    expect(complaints(replicationController, manifest)).toEqual([
      'spec.selector: Required value',
      'spec.template: Required value',
    ]);
  });
});

describe('the status of a workload', () => {
  it.each<[string, object, string]>([
    [
      'counts nothing below zero',
      { replicas: -1 },
      'status.replicas: Invalid value: -1: must be greater than or equal to 0',
    ],
    [
      'has no more ready pods than pods',
      { replicas: 1, readyReplicas: 2 },
      'status.readyReplicas: Invalid value: 2: cannot be greater than status.replicas',
    ],
    [
      'has no more available pods than ready ones',
      { replicas: 2, readyReplicas: 1, availableReplicas: 2 },
      'status.availableReplicas: Invalid value: 2: cannot be greater than readyReplicas',
    ],
  ])('%s', (_name, status, complaint) => {
    const old = deploymentWith();
    const set = defaulted(replicaSet, { ...(deploymentManifest() as object), kind: 'ReplicaSet', status });
    expect(deployment.validate({ ...old, status }).map(formatFieldError)).toContain(complaint);
    expect(replicaSet.validate(set).map(formatFieldError)).toContain(complaint);
  });

  it('of a DaemonSet counts nothing below zero', () => {
    const set = defaulted(daemonSet, daemonManifest());
    const status = {
      currentNumberScheduled: 0,
      desiredNumberScheduled: 0,
      numberMisscheduled: 0,
      numberReady: 0,
    };
    const errors = daemonSet.validate({ ...set, status: { ...status, numberUnavailable: -1 } });
    expect(errors.map(formatFieldError)).toEqual([
      'status.numberUnavailable: Invalid value: -1: must be greater than or equal to 0',
    ]);
  });

  it('does not forget collisions of names', () => {
    const old = { ...deploymentWith(), status: { collisionCount: 2 } };
    const errors = deployment.validateUpdate?.({ ...old, status: { collisionCount: 1 } }, old) ?? [];
    expect(errors.map(formatFieldError)).toEqual([
      'status.collisionCount: Invalid value: 1: cannot be decremented',
    ]);
  });
});
