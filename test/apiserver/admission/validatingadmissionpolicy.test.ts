import { describe, expect, it } from 'vitest';
import { creation, Harness, podBody } from '../harness.ts';

// Expectations from https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/ and apiserver
// pkg/admission/plugin/policy/{generic/policy_dispatcher,validating/dispatcher,validating/validator,matching/matching}.go
// (src/apiserver/policies, src/api/cel).
const GROUP = 'admissionregistration.k8s.io';
const RULE = {
  apiGroups: [''],
  apiVersions: ['v1'],
  operations: ['CREATE', 'UPDATE'],
  resources: ['configmaps'],
};

/** A server whose policy `p` is bound by `b`. */
class Governed extends Harness {
  policy(spec: object, name = 'p'): this {
    const body = { metadata: { name }, spec: { matchConstraints: { resourceRules: [RULE] }, ...spec } };
    this.create('validatingadmissionpolicies', body, { group: GROUP });
    return this;
  }

  bind(spec: object = {}, name = 'b'): this {
    const body = { metadata: { name }, spec: { policyName: 'p', validationActions: ['Deny'], ...spec } };
    this.create('validatingadmissionpolicybindings', body, { group: GROUP });
    return this;
  }

  unbind(): void {
    const resource = 'validatingadmissionpolicybindings';
    expect(this.send({ verb: 'delete', group: GROUP, resource, name: 'b' }).ok).toBe(true);
  }

  /** Labels the namespace of all that is asked for. */
  label(): void {
    const body = { metadata: { labels: { env: 'test' } } };
    this.object({ verb: 'patch', resource: 'namespaces', name: 'default', patchType: 'merge', body });
  }
}

const governed = (spec: object, binding: object = {}): Governed => new Governed().policy(spec).bind(binding);
const holds = (...expressions: readonly string[]): object => ({
  validations: expressions.map((expression) => ({ expression })),
});
const map = (data: object = {}, name = 'c'): ReturnType<typeof creation> =>
  creation('configmaps', { metadata: { name, namespace: 'default' }, data });
const said = (h: Harness, request = map()): string => h.refusal(request).message ?? '';
const BY = "ValidatingAdmissionPolicy 'p' with binding 'b' denied request: ";

describe('a ValidatingAdmissionPolicy', () => {
  it('refuses what its expressions do not hold for, in upstream’s words', () => {
    const h = governed(holds('object.metadata.name.startsWith("prod")'));
    const message = `${BY}failed expression: object.metadata.name.startsWith("prod")`;
    expect(h.refusal(map())).toMatchObject({
      code: 422,
      reason: 'Invalid',
      message: `configmaps "c" is forbidden: ${message}`,
      details: { name: 'c', kind: 'configmaps', causes: [{ message }] },
    });
    expect(h.has('configmaps', 'c')).toBe(false);
    expect(h.send(map({}, 'prod-1')).ok).toBe(true);
  });

  it('is of no force until a binding names it, and of none when the binding is gone', () => {
    const h = new Governed().policy(holds('false'));
    expect(h.send(map({}, 'a')).ok).toBe(true);
    h.bind();
    expect(h.send(map({}, 'b')).ok).toBe(false);
    h.unbind();
    expect(h.send(map({}, 'b')).ok).toBe(true);
  });

  it.each([
    [{ message: ' no such luck ' }, 'no such luck'],
    [{ message: 'plain', messageExpression: "'name is ' + object.metadata.name" }, 'name is c'],
    [{ message: 'plain', messageExpression: "'a\\nb'" }, 'plain'],
    [{ message: 'plain', messageExpression: 'object.nothing + "x"' }, 'plain'],
    // cel-go ext/formatting.go (src/api/cel/format.ts).
    [
      {
        messageExpression:
          "'%s: %d of %x, %.2f, %s, 100%%'.format([object.metadata.name, 3, 255, 1.5, [1, true]])",
      },
      'c: 3 of ff, 1.50, [1, true], 100%',
    ],
    [{ message: 'plain', messageExpression: "'%d'.format(['a'])" }, 'plain'],
    [{ message: 'plain', messageExpression: "'%s %s'.format(['a'])" }, 'plain'],
    [{ messageExpression: '"  "' }, 'failed expression: 1 == 2'],
  ])('says why as it is told to: %o', (texts, why) => {
    expect(said(governed({ validations: [{ expression: ' 1 == 2 ', ...texts }] }))).toContain(BY + why);
  });

  it.each([
    ['Forbidden', 403],
    ['Unauthorized', 401],
    ['RequestEntityTooLarge', 413],
    ['Invalid', 422],
  ])('gives the reason %s as %i', (reason, code) => {
    const h = governed({ validations: [{ expression: 'false', reason }] });
    expect(h.refusal(map())).toMatchObject({ reason, code });
  });

  it('only warns where the binding says so, and is silent where it says Audit', () => {
    const warned = governed(holds('false', 'true'), { validationActions: ['Warn'] }).send(map());
    expect(warned).toMatchObject({
      ok: true,
      warnings: [
        "Validation failed for ValidatingAdmissionPolicy 'p' with binding 'b': failed expression: false",
      ],
    });
    const audited = governed(holds('false'), { validationActions: ['Audit'] }).send(map());
    expect(audited).toMatchObject({ ok: true, warnings: [] });
  });

  it('that cannot be evaluated refuses, or is ignored', () => {
    const failing = holds('object.data.size > 1');
    expect(said(governed(failing), map({ a: '1' }))).toContain(
      `${BY}expression 'object.data.size > 1' resulted in error: no such key: size`,
    );
    expect(governed({ ...failing, failurePolicy: 'Ignore' }).send(map({ a: '1' })).ok).toBe(true);
  });

  it('works out its variables when they are read, and each from those before it', () => {
    const variables = [
      { name: 'broken', expression: 'object.nothing' },
      { name: 'labels', expression: 'has(object.metadata.labels) ? object.metadata.labels : {}' },
      { name: 'isProd', expression: "'env' in variables.labels && variables.labels['env'] == 'prod'" },
    ];
    expect(said(governed({ variables, ...holds('variables.isProd') }))).toContain(
      'failed expression: variables.isProd',
    );
    expect(said(governed({ variables, ...holds('variables.broken == 1') }))).toContain(
      'composited variable "broken" fails to evaluate: expression \'object.nothing\' resulted in error: no such key: nothing',
    );
  });

  it('survives a variable that finds a way to refer to itself', () => {
    const variables = [{ name: 'a', expression: '[variables].all(v, v.a)' }];
    expect(said(governed({ variables, ...holds('variables.a') }))).toContain('it refers to itself');
  });

  it('sees the request, the old object, and the namespace', () => {
    const h = governed(
      holds(
        "request.operation == 'CREATE' ? oldObject == null : object.data.a != oldObject.data.a",
        "namespaceObject.metadata.name == 'default' && namespaceObject.metadata.labels.env == 'test'",
        "request.userInfo.username == 'kubernetes-admin'",
      ),
    );
    h.label();
    h.object(map({ a: '1' }));
    const put = { verb: 'update', resource: 'configmaps', namespace: 'default', name: 'c' } as const;
    const body = (data: object): object => ({
      metadata: { name: 'c', namespace: 'default', labels: { x: 'y' } },
      data,
    });
    expect(h.send({ ...put, body: body({ a: '2' }) }).ok).toBe(true);
    expect(h.refusal({ ...put, body: body({ a: '2', b: '3' }) }).message).toContain('oldObject');
  });

  it('is asked where its conditions hold', () => {
    const when = (expression: string): object => ({
      ...holds('false'),
      matchConditions: [{ name: 'when', expression }],
    });
    expect(governed(when("object.metadata.name != 'c'")).send(map()).ok).toBe(true);
    expect(governed(when("object.metadata.name == 'c'")).send(map()).ok).toBe(false);
    expect(said(governed(when('object.nothing == 1')))).toContain(
      `${BY}expression 'object.nothing == 1' resulted in error: no such key: nothing`,
    );
  });

  it.each<[string, object, object, boolean]>([
    ['another resource', { resourceRules: [{ ...RULE, resources: ['secrets'] }] }, {}, false],
    ['another operation', { resourceRules: [{ ...RULE, operations: ['DELETE'] }] }, {}, false],
    ['the name', { resourceRules: [{ ...RULE, resourceNames: ['c'] }] }, {}, true],
    ['another name', { resourceRules: [{ ...RULE, resourceNames: ['d'] }] }, {}, false],
    [
      'all but the name',
      { resourceRules: [RULE], excludeResourceRules: [{ ...RULE, resourceNames: ['c'] }] },
      {},
      false,
    ],
    [
      'all but another name',
      { resourceRules: [RULE], excludeResourceRules: [{ ...RULE, resourceNames: ['d'] }] },
      {},
      true,
    ],
    ['labelled objects', { resourceRules: [RULE], objectSelector: { matchLabels: { a: 'b' } } }, {}, false],
    [
      'the namespace',
      { resourceRules: [RULE], namespaceSelector: { matchLabels: { env: 'test' } } },
      {},
      true,
    ],
    [
      'another namespace',
      { resourceRules: [RULE], namespaceSelector: { matchLabels: { env: 'prod' } } },
      {},
      false,
    ],
    [
      'the namespace of the binding',
      { resourceRules: [RULE] },
      { namespaceSelector: { matchLabels: { env: 'test' } } },
      true,
    ],
    [
      'another namespace of the binding',
      { resourceRules: [RULE] },
      { namespaceSelector: { matchLabels: { env: 'prod' } } },
      false,
    ],
    [
      'another resource of the binding',
      { resourceRules: [RULE] },
      { resourceRules: [{ ...RULE, resources: ['secrets'] }] },
      false,
    ],
  ])('for %s', (_, matchConstraints, matchResources, meant) => {
    const h = governed({ ...holds('false'), matchConstraints }, { matchResources });
    h.label();
    expect(h.send(map()).ok).toBe(!meant);
  });

  it('reads its parameters from the object that the binding names', () => {
    const h = governed(
      {
        paramKind: { apiVersion: 'v1', kind: 'ConfigMap' },
        ...holds('size(object.data) <= int(params.data.max)'),
      },
      { paramRef: { name: 'limits', namespace: 'default', parameterNotFoundAction: 'Deny' } },
    );
    expect(said(h)).toContain(
      `${BY}failed to configure binding: no params found for policy binding with \`Deny\` parameterNotFoundAction`,
    );
    h.unbind();
    h.object(map({ max: '1' }, 'limits'));
    h.bind({ paramRef: { name: 'limits', parameterNotFoundAction: 'Deny' } });
    expect(h.send(map({ a: '1' })).ok).toBe(true);
    expect(said(h, map({ a: '1', b: '2' }, 'd'))).toContain(`${BY}failed expression: size(object.data)`);
  });

  it('is evaluated with each of several parameters, and with none of them passes where that is allowed', () => {
    const h = governed(
      {
        paramKind: { apiVersion: 'v1', kind: 'ConfigMap' },
        ...holds('size(object.data) <= int(params.data.max)'),
      },
      { paramRef: { selector: { matchLabels: { limit: 'yes' } }, parameterNotFoundAction: 'Allow' } },
    );
    const limit = (name: string, max: string): object => ({
      metadata: { name, namespace: 'default', labels: { limit: 'yes' } },
      data: { max },
    });
    h.create('configmaps', limit('one', '2'));
    h.create('configmaps', limit('two', '1'));
    expect(h.send(map({ a: '1' })).ok).toBe(true);
    expect(h.send(map({ a: '1', b: '2' }, 'd')).ok).toBe(false);
  });

  it('of a kind of parameters that is not there refuses everything it is for', () => {
    const h = governed(
      { paramKind: { apiVersion: 'rules.example.com/v1', kind: 'ReplicaLimit' }, ...holds('true') },
      { paramRef: { name: 'limits', parameterNotFoundAction: 'Allow' } },
    );
    expect(said(h)).toContain(
      "ValidatingAdmissionPolicy 'p' denied request: failed to configure policy: failed to find resource referenced by paramKind: 'rules.example.com/v1, Kind=ReplicaLimit'",
    );
  });

  it('has no objects to show of a deletion but the old one', () => {
    const h = governed({
      matchConstraints: { resourceRules: [{ ...RULE, operations: ['DELETE'] }] },
      ...holds("object == null && oldObject.data.keep != 'yes'"),
    });
    h.object(map({ keep: 'yes' }));
    h.object(map({ keep: 'no' }, 'd'));
    const gone = { verb: 'delete', resource: 'configmaps', namespace: 'default' } as const;
    expect(h.refusal({ ...gone, name: 'c' }).message).toContain('failed expression');
    expect(h.send({ ...gone, name: 'd' }).ok).toBe(true);
  });

  it.each([
    ['v1', 'v2', undefined, true],
    ['v2', 'v1', undefined, true],
    ['v2', 'v1', 'Exact', false],
    ['v1', 'v1', 'Exact', true],
    ['v3', 'v1', undefined, false],
  ])(
    'that names %s of a resource means requests in %s (matchPolicy %s): %s',
    (named, asked, policy, meant) => {
      const rule = { ...RULE, apiGroups: ['autoscaling'], apiVersions: [named], resources: ['*'] };
      const matchConstraints = {
        resourceRules: [rule],
        ...(policy === undefined ? {} : { matchPolicy: policy }),
      };
      const h = governed({ matchConstraints, ...holds('false') });
      const body = {
        metadata: { name: 'h', namespace: 'default' },
        spec: { maxReplicas: 2, scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'd' } },
      };
      const request = creation('horizontalpodautoscalers', body, { group: 'autoscaling' });
      expect(h.send({ ...request, version: asked }).ok).toBe(!meant);
    },
  );

  it('has no say about policies, so that nobody locks himself out', () => {
    const everything = { apiGroups: ['*'], apiVersions: ['*'], operations: ['*'], resources: ['*'] };
    const h = governed({ matchConstraints: { resourceRules: [everything] }, ...holds('false') });
    expect(h.send(creation('pods', podBody('web'))).ok).toBe(false);
    h.unbind();
    expect(h.send(creation('pods', podBody('web'))).ok).toBe(true);
  });

  it('is still in force after the API server has restarted', () => {
    const h = governed(holds('false'));
    h.restart();
    expect(h.send(map()).ok).toBe(false);
  });

  // pkg/registry/admissionregistration/validatingadmissionpolicy{,binding}/authz.go (src/apiserver/hooks/policyparams.ts).
  it('gives nobody parameters to read that he may not read himself', () => {
    const h = new Governed({ authorizationMode: ['RBAC'] });
    const rules = [{ apiGroups: [GROUP], resources: ['*'], verbs: ['*'] }];
    const rbac = { group: 'rbac.authorization.k8s.io' };
    h.create('clusterroles', { metadata: { name: 'policies' }, rules }, rbac);
    const roleRef = { apiGroup: rbac.group, kind: 'ClusterRole', name: 'policies' };
    const subjects = [{ apiGroup: rbac.group, kind: 'User', name: 'jane' }];
    h.create('clusterrolebindings', { metadata: { name: 'jane' }, roleRef, subjects }, rbac);
    const asJane = (resource: string, name: string, spec: object) => {
      const user = { name: 'jane', groups: ['system:authenticated'] };
      const body = { metadata: { name }, spec };
      const request = { verb: 'create', group: GROUP, resource, body, user } as const;
      const response = h.server.handle({ ...request, cause: { component: 'test', trigger: 0 } });
      return response.ok ? 'created' : response.status.message;
    };
    const spec = { matchConstraints: { resourceRules: [RULE] }, ...holds('true') };
    const paramKind = { apiVersion: 'v1', kind: 'Secret' };
    expect(asJane('validatingadmissionpolicies', 'plain', spec)).toBe('created');
    expect(asJane('validatingadmissionpolicies', 'q', { ...spec, paramKind })).toContain(
      'spec.paramKind: Forbidden: user &{jane  [system:authenticated] map[]} must have "get" permission on all objects of the referenced paramKind (kind=Secret, apiVersion=v1)',
    );
    h.policy({ paramKind, ...holds('true') });
    const bound = { policyName: 'p', validationActions: ['Deny'] };
    const paramRef = { name: 'x', namespace: 'kube-system', parameterNotFoundAction: 'Allow' };
    expect(asJane('validatingadmissionpolicybindings', 'a', bound)).toBe('created');
    expect(asJane('validatingadmissionpolicybindings', 'b', { ...bound, paramRef })).toContain(
      'spec.paramRef: Forbidden: user &{jane  [system:authenticated] map[]} does not have "get" permission on the object referenced by paramRef',
    );
  });
});
