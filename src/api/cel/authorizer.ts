import type { Environment } from '@marcbachmann/cel-js';

/** What an expression asks about somebody; parts that it leaves out are empty. */
export interface AccessQuestion {
  /** The account that is asked about; undefined: whoever sent the request. */
  readonly serviceAccount: { readonly namespace: string; readonly name: string } | undefined;
  readonly verb: string;
  /** For a path; the rest is empty then. */
  readonly path: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
}

/** Who may do what, as expressions ask. */
export interface Access {
  check(question: AccessQuestion): { readonly allowed: boolean; readonly reason?: string };
  /** The resource of the request. */
  readonly requested: Pick<AccessQuestion, 'group' | 'resource' | 'subresource' | 'namespace' | 'name'>;
}

const NOTHING: AccessQuestion = Object.freeze({
  serviceAccount: undefined,
  verb: '',
  path: '',
  group: '',
  resource: '',
  subresource: '',
  namespace: '',
  name: '',
});

/** A question on its way: each call adds a part. */
class Check {
  readonly access: Access;
  readonly question: AccessQuestion;

  constructor(access: Access, question: AccessQuestion) {
    this.access = access;
    this.question = question;
  }
}

class PathCheck extends Check {}
class GroupCheck extends Check {}
class ResourceCheck extends Check {}

/** `authorizer`, as expressions hold it. */
export class CelAuthorizer extends Check {
  constructor(access: Access, question: AccessQuestion = NOTHING) {
    super(access, question);
  }

  get requestResource(): ResourceCheck {
    return new ResourceCheck(this.access, { ...this.question, ...this.access.requested });
  }
}

class Decision {
  readonly allowed: boolean;
  readonly reason: string;

  constructor({ allowed, reason = '' }: { readonly allowed: boolean; readonly reason?: string }) {
    this.allowed = allowed;
    this.reason = reason;
  }
}

const TYPE = 'kubernetes.authorization';

/** Registers `authorizer` and what can be asked of it (apiserver pkg/cel/library/authz.go). */
export function registerAuthorizer(env: Environment): void {
  env.registerType(`${TYPE}.PathCheck`, PathCheck);
  env.registerType(`${TYPE}.GroupCheck`, GroupCheck);
  env.registerType(`${TYPE}.ResourceCheck`, ResourceCheck);
  env.registerType(`${TYPE}.Decision`, Decision);
  env.registerType(`${TYPE}.Authorizer`, {
    ctor: CelAuthorizer,
    fields: { requestResource: `${TYPE}.ResourceCheck` },
  });
  env.registerVariable('authorizer', `${TYPE}.Authorizer`);
  const narrow = (
    from: string,
    name: string,
    to: typeof PathCheck | typeof GroupCheck | typeof ResourceCheck,
    part: (text: string) => Partial<AccessQuestion>,
  ): void => {
    env.registerFunction(`${TYPE}.${from}.${name}(string): ${TYPE}.${to.name}`, (of: Check, text: string) => {
      return new to(of.access, { ...of.question, ...part(text) });
    });
  };
  narrow('Authorizer', 'path', PathCheck, (path) => ({ path }));
  narrow('Authorizer', 'group', GroupCheck, (group) => ({ group }));
  narrow('GroupCheck', 'resource', ResourceCheck, (resource) => ({ resource }));
  narrow('ResourceCheck', 'subresource', ResourceCheck, (subresource) => ({ subresource }));
  narrow('ResourceCheck', 'namespace', ResourceCheck, (namespace) => ({ namespace }));
  narrow('ResourceCheck', 'name', ResourceCheck, (name) => ({ name }));
  env.registerFunction(
    `${TYPE}.Authorizer.serviceAccount(string, string): ${TYPE}.Authorizer`,
    (of: CelAuthorizer, namespace: string, name: string) =>
      new CelAuthorizer(of.access, { ...of.question, serviceAccount: { namespace, name } }),
  );
  for (const type of ['PathCheck', 'ResourceCheck'])
    env.registerFunction(`${TYPE}.${type}.check(string): ${TYPE}.Decision`, (of: Check, verb: string) => {
      return new Decision(of.access.check({ ...of.question, verb }));
    });
  env.registerFunction(`${TYPE}.Decision.allowed(): bool`, ({ allowed }: Decision) => allowed);
  env.registerFunction(`${TYPE}.Decision.reason(): string`, ({ reason }: Decision) => reason);
  // An authorizer that says no for an error there is none here.
  env.registerFunction(`${TYPE}.Decision.errored(): bool`, () => false);
  env.registerFunction(`${TYPE}.Decision.error(): string`, () => '');
}
