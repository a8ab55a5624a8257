import type { ClusterRoleBinding } from '../../api/generated/types.ts';
import { type RuleQuestion, ruleCovers, ruleCoversPath } from '../../api/rbac.ts';
import type { UserInfo } from '../../api/request.ts';
import type { Backend } from '../context.ts';
import type { Attributes, Authorizer, Decision, RulesFor } from './authorizer.ts';
import {
  clusterBindingsOf,
  clusterRulesOf,
  type Granted,
  type GrantedRule,
  namespaceRulesOf,
} from './ruleresolver.ts';

/** Which names some rules allow: all, or those that are listed. */
interface Names {
  readonly any: Decision | undefined;
  readonly listed: ReadonlyMap<string, Decision> | undefined;
}

/** What is known about one user and one verb, group, resource and subresource. */
interface Slot extends RuleQuestion {
  readonly everywhere: Names;
  places: Map<string, Names> | undefined;
}

/** What is known about one user. */
interface UserGrants {
  readonly cluster: Granted;
  readonly namespaces: Map<string, Granted>;
  /** By verb and resource; few share both. */
  readonly slots: Map<string, Map<string, Slot[]>>;
}

const NO_NAMES: Names = Object.freeze({ any: undefined, listed: undefined });

/**
 * `--authorization-mode=RBAC` (plugin/pkg/auth/authorizer/rbac). Who may do what is worked out once for
 * each user, verb and resource, and in each namespace that needs a look, and forgotten when any role
 * or binding changes. Users are known by the value that their client sends with every request.
 */
export class RBACAuthorizer implements Authorizer {
  readonly #server: Backend;
  #users = new WeakMap<UserInfo, UserGrants>();
  #bindings: readonly ClusterRoleBinding[] | undefined;

  constructor(server: Backend) {
    this.#server = server;
  }

  /** Some role or binding is not what it was. */
  forget(): void {
    this.#users = new WeakMap();
    this.#bindings = undefined;
  }

  authorize(attributes: Attributes): Decision {
    const { user, name, namespace } = attributes;
    const grants = this.#grantsOf(user);
    const slot = slotOf(grants, attributes);
    const decision = slot.everywhere.any ?? slot.everywhere.listed?.get(name);
    if (decision !== undefined) return decision;
    if (namespace === '') return refusal(grants.cluster);
    const here = this.#inNamespace(grants, user, namespace);
    slot.places ??= new Map();
    let names = slot.places.get(namespace);
    if (names === undefined) {
      names = namesOf(here.rules, slot);
      slot.places.set(namespace, names);
    }
    return names.any ?? names.listed?.get(name) ?? refusal(grants.cluster, here);
  }

  authorizePath(user: UserInfo, verb: string, path: string): Decision {
    const { cluster } = this.#grantsOf(user);
    const found = cluster.rules.find(({ rule }) => ruleCoversPath(rule, verb, path));
    return found === undefined ? refusal(cluster) : allowance(found);
  }

  rulesFor(user: UserInfo, namespace: string): RulesFor {
    const grants = this.#grantsOf(user);
    const parts = [grants.cluster];
    if (namespace !== '') parts.push(this.#inNamespace(grants, user, namespace));
    return {
      rules: parts.flatMap(({ rules }) => rules.map(({ rule }) => rule)),
      errors: parts.flatMap(({ errors }) => errors),
      incomplete: false,
    };
  }

  #grantsOf(user: UserInfo): UserGrants {
    let grants = this.#users.get(user);
    if (grants === undefined) {
      this.#bindings ??= clusterBindingsOf(this.#server);
      const cluster = clusterRulesOf(this.#server, user, this.#bindings);
      grants = { cluster, namespaces: new Map(), slots: new Map() };
      this.#users.set(user, grants);
    }
    return grants;
  }

  #inNamespace(grants: UserGrants, user: UserInfo, namespace: string): Granted {
    let granted = grants.namespaces.get(namespace);
    if (granted === undefined) {
      granted = namespaceRulesOf(this.#server, user, namespace);
      grants.namespaces.set(namespace, granted);
    }
    return granted;
  }
}

function slotOf(grants: UserGrants, question: RuleQuestion): Slot {
  const { verb, group, resource, subresource } = question;
  let ofVerb = grants.slots.get(verb);
  if (ofVerb === undefined) {
    ofVerb = new Map();
    grants.slots.set(verb, ofVerb);
  }
  let slots = ofVerb.get(resource);
  if (slots === undefined) {
    slots = [];
    ofVerb.set(resource, slots);
  }
  for (const slot of slots) if (slot.subresource === subresource && slot.group === group) return slot;
  const everywhere = namesOf(grants.cluster.rules, question);
  const slot: Slot = { verb, group, resource, subresource, everywhere, places: undefined };
  slots.push(slot);
  return slot;
}

function namesOf(rules: readonly GrantedRule[], question: RuleQuestion): Names {
  let listed: Map<string, Decision> | undefined;
  for (const granted of rules) {
    if (!ruleCovers(granted.rule, question)) continue;
    const names = granted.rule.resourceNames ?? [];
    if (names.length === 0) return { any: allowance(granted), listed: undefined };
    listed ??= new Map();
    for (const name of names) if (!listed.has(name)) listed.set(name, allowance(granted));
  }
  return listed === undefined ? NO_NAMES : { any: undefined, listed };
}

function allowance({ source }: GrantedRule): Decision {
  return { allowed: true, reason: `RBAC: allowed by ${source}` };
}

function refusal(...granted: readonly Granted[]): Decision {
  const errors = [...new Set(granted.flatMap((part) => part.errors))];
  if (errors.length === 0) return { allowed: false };
  return { allowed: false, reason: `RBAC: ${errors.length === 1 ? errors[0] : `[${errors.join(', ')}]`}` };
}
