import { describe, expect, it } from 'vitest';
import type {
  LimitRange,
  LimitRangeItem,
  PriorityClass,
  ResourceQuota,
  ResourceQuotaSpec,
} from '../../../src/api/generated/types.ts';
import { limitRange } from '../../../src/api/kinds/limitrange.ts';
import { priorityClass } from '../../../src/api/kinds/priorityclass.ts';
import { resourceQuota } from '../../../src/api/kinds/resourcequota.ts';
import { formatFieldError } from '../../../src/apimachinery/fielderror.ts';

const quota = (spec: ResourceQuotaSpec): ResourceQuota => ({
  apiVersion: 'v1',
  kind: 'ResourceQuota',
  metadata: { name: 'q' },
  spec,
});
const range = (...limits: LimitRangeItem[]): LimitRange => ({
  apiVersion: 'v1',
  kind: 'LimitRange',
  metadata: { name: 'l' },
  spec: { limits },
});

describe('a resourcequota', () => {
  it.each<[string, ResourceQuotaSpec, readonly string[]]>([
    [
      'counts many things',
      { hard: { pods: '4', 'requests.cpu': '1', 'count/deployments.apps': '2', 'services.nodeports': '1' } },
      [],
    ],
    [
      'knows its names',
      { hard: { ships: '1' } },
      ['spec.hard[ships]: Invalid value: "ships": must be a standard resource for quota'],
    ],
    [
      'is not negative, and whole where it counts',
      { hard: { pods: '-1', services: '1500m' } },
      [
        'spec.hard[pods]: Invalid value: "-1": must be greater than or equal to 0',
        'spec.hard[services]: Invalid value: "1500m": must be an integer',
      ],
    ],
    [
      'has scopes that go together',
      { scopes: ['BestEffort', 'NotBestEffort'] },
      ['spec.scopes: Invalid value: ["BestEffort","NotBestEffort"]: conflicting scopes'],
    ],
    [
      'of BestEffort counts pods only',
      { scopes: ['BestEffort'], hard: { cpu: '1' } },
      ['spec.scopes: Invalid value: ["BestEffort"]: unsupported scope applied to resource'],
    ],
  ])('%s', (_, spec, want) => {
    expect(resourceQuota.validate(quota(spec)).map(formatFieldError)).toEqual(want);
  });

  it('keeps its scopes', () => {
    const errors = resourceQuota.validateUpdate?.(quota({ scopes: ['BestEffort'] }), quota({})) ?? [];
    expect(errors.map(formatFieldError)).toEqual([
      'spec.scopes: Invalid value: ["BestEffort"]: field is immutable',
    ]);
  });

  it('shows what is used, limits apart', () => {
    const object = { ...quota({}), status: { hard: { pods: '4', 'limits.cpu': '2' }, used: { pods: '1' } } };
    expect(resourceQuota.columns.slice(1, 3).map(({ cell }) => cell(object, 0))).toEqual([
      'pods: 1/4',
      'limits.cpu: 0/2',
    ]);
  });
});

describe('a limitrange', () => {
  it('gives a container at most the maximum, and asks for the limit or the minimum', () => {
    const done = limitRange.applyDefaults(
      range({ type: 'Container', max: { cpu: '2' }, min: { memory: '1Mi' } }),
    );
    expect(done.spec.limits[0]).toMatchObject({
      default: { cpu: '2' },
      defaultRequest: { cpu: '2', memory: '1Mi' },
    });
    expect(limitRange.applyDefaults(done)).toBe(done);
  });

  it.each<[string, LimitRangeItem, readonly string[]]>([
    [
      'has its bounds in order',
      { type: 'Container', min: { cpu: '2' }, max: { cpu: '1' } },
      ['spec.limits[0].min[cpu]: Invalid value: "2": min value 2 is greater than max value 1'],
    ],
    [
      'gives pods no defaults',
      { type: 'Pod', default: { cpu: '1' } },
      ["spec.limits[0].default: Forbidden: may not be specified when `type` is 'Pod'"],
    ],
    [
      'of claims bounds storage',
      { type: 'PersistentVolumeClaim' },
      [
        'spec.limits[0].limits: Required value: either minimum or maximum storage value is required, but neither was provided',
      ],
    ],
    [
      'has ratios of one and more',
      { type: 'Container', maxLimitRequestRatio: { cpu: '500m' } },
      ['spec.limits[0].maxLimitRequestRatio[cpu]: Invalid value: "500m": ratio 500m is less than 1'],
    ],
  ])('%s', (_, item, want) => {
    expect(limitRange.validate(range(item)).map(formatFieldError)).toEqual(want);
  });
});

describe('a priorityclass', () => {
  const make = (name: string, value: number, more: Partial<PriorityClass> = {}): PriorityClass => ({
    apiVersion: 'scheduling.k8s.io/v1',
    kind: 'PriorityClass',
    metadata: { name },
    value,
    ...more,
  });

  it.each<[string, PriorityClass, readonly string[]]>([
    ['of a user', make('high', 1000), []],
    [
      'too high for a user',
      make('high', 1_000_000_001),
      ['value: Forbidden: maximum allowed value of a user defined priority is 1000000000'],
    ],
    [
      'with a name of the system',
      make('system-x', 1),
      [
        "metadata.name: Forbidden: priority class names with 'system-' prefix are reserved for system use only. error: system-x is not a known system priority class",
      ],
    ],
    [
      'with an unknown policy',
      make('high', 1, { preemptionPolicy: 'Maybe' }),
      ['preemptionPolicy: Unsupported value: "Maybe": supported values: "Never", "PreemptLowerPriority"'],
    ],
  ])('%s', (_, object, want) => {
    expect(priorityClass.validate(object).map(formatFieldError)).toEqual(want);
  });

  it('keeps its value', () => {
    expect(priorityClass.validateUpdate?.(make('a', 1), make('a', 2)).map(formatFieldError)).toEqual([
      'value: Forbidden: may not be changed in an update.',
    ]);
  });
});
