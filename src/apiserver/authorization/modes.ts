import type { UserInfo } from '../../api/request.ts';
import type { Backend } from '../context.ts';
import {
  ALLOW_ALL,
  type Attributes,
  type Authorizer,
  type Decision,
  NO,
  type RulesFor,
  YES,
} from './authorizer.ts';
import { NodeAuthorizer } from './node.ts';
import { RBACAuthorizer } from './rbac.ts';

/** `--authorization-mode`; upstream's default is AlwaysAllow. */
export type AuthorizationMode = 'AlwaysAllow' | 'Node' | 'RBAC';

/** Whoever is in this group is never asked (authorizerfactory.NewPrivilegedGroups). */
const PRIVILEGED = 'system:masters';

/** An authorizer of a server, and how it is told that its rules have changed. */
export interface ServerAuthorizer {
  readonly authorizer: Authorizer;
  rulesChanged(): void;
}

/** The authorizers of a server in the order of its flag: the first that allows decides. */
export function newAuthorizer(server: Backend, modes: readonly AuthorizationMode[]): ServerAuthorizer {
  if (modes.includes('AlwaysAllow')) return { authorizer: ALLOW_ALL, rulesChanged: () => undefined };
  const rbac = new RBACAuthorizer(server);
  const parts = modes.map((mode) => (mode === 'Node' ? new NodeAuthorizer(server) : rbac));
  return { authorizer: new UnionAuthorizer(parts), rulesChanged: () => rbac.forget() };
}

/** Several authorizers as one (staging apiserver pkg/authorization/union). */
class UnionAuthorizer implements Authorizer {
  readonly #parts: readonly Authorizer[];

  constructor(parts: readonly Authorizer[]) {
    this.#parts = parts;
  }

  authorize(attributes: Attributes): Decision {
    if (attributes.user.groups.includes(PRIVILEGED)) return YES;
    let refusal: Decision | undefined;
    for (const part of this.#parts) {
      const decision = part.authorize(attributes);
      if (decision.allowed) return decision;
      refusal = joined(refusal, decision);
    }
    return refusal ?? NO;
  }

  authorizePath(user: UserInfo, verb: string, path: string): Decision {
    if (user.groups.includes(PRIVILEGED)) return YES;
    let refusal: Decision | undefined;
    for (const part of this.#parts) {
      const decision = part.authorizePath(user, verb, path);
      if (decision.allowed) return decision;
      refusal = joined(refusal, decision);
    }
    return refusal ?? NO;
  }

  rulesFor(user: UserInfo, namespace: string): RulesFor {
    const found = this.#parts.map((part) => part.rulesFor(user, namespace));
    return {
      rules: found.flatMap(({ rules }) => rules),
      errors: found.flatMap(({ errors }) => errors),
      incomplete: found.some(({ incomplete }) => incomplete),
    };
  }
}

/** Two refusals as one, with the reasons of both. */
function joined(refusal: Decision | undefined, other: Decision): Decision {
  if (refusal?.reason === undefined) return other;
  return other.reason === undefined
    ? refusal
    : { allowed: false, reason: `${refusal.reason}\n${other.reason}` };
}
