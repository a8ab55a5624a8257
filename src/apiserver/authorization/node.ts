import type { Pod } from '../../api/generated/types.ts';
import { pod as podKind } from '../../api/kinds/pod.ts';
import { type RuleQuestion, ruleCovers } from '../../api/rbac.ts';
import type { UserInfo } from '../../api/request.ts';
import { claimNamesOf } from '../../api/volumes.ts';
import type { Backend } from '../context.ts';
import { type Attributes, type Authorizer, type Decision, NO, type RulesFor, YES } from './authorizer.ts';
import { configMapsOf, secretsOf } from './podreferences.ts';
import { NODE_RULES } from './policy/roles.ts';

const NODE_LEASES = 'kube-node-lease';
const USER_PREFIX = 'system:node:';
const NO_RULES: RulesFor = Object.freeze({ rules: [], errors: [], incomplete: false });

/** The nodes that users are: clients send the same value with every request. */
const nodes = new WeakMap<UserInfo, string>();

/** The node that a user is: '' for a member of system:nodes without a node's name, undefined for others. */
export function nodeOf(user: UserInfo): string | undefined {
  if (!user.name.startsWith(USER_PREFIX)) return undefined;
  const known = nodes.get(user);
  if (known !== undefined) return known;
  if (!user.groups.includes('system:nodes')) return undefined;
  const node = user.name.slice(USER_PREFIX.length);
  nodes.set(user, node);
  return node;
}

function no(reason: string): Decision {
  return { allowed: false, reason };
}

/**
 * `--authorization-mode=Node` (plugin/pkg/auth/authorizer/node): a kubelet reads what its pods need, and
 * nothing else that is secret. Which pods run on a node is asked of the server's own cache.
 */
export class NodeAuthorizer implements Authorizer {
  readonly #server: Backend;
  #last: (RuleQuestion & { readonly decision: Decision }) | undefined;

  constructor(server: Backend) {
    this.#server = server;
  }

  authorize(attributes: Attributes): Decision {
    const node = nodeOf(attributes.user);
    if (node === undefined) return NO;
    if (node === '') return no(`unknown node for user "${attributes.user.name}"`);
    const { group, resource } = attributes;
    if (group === 'coordination.k8s.io' && resource === 'leases') return lease(node, attributes);
    if (group !== '') return this.#byRules(attributes);
    switch (resource) {
      case 'secrets':
        return this.#read(node, attributes, secretsOf);
      case 'configmaps':
        return this.#read(node, attributes, configMapsOf);
      case 'persistentvolumeclaims':
        return this.#claim(node, attributes);
      case 'serviceaccounts':
        return this.#token(node, attributes);
      case 'nodes':
        return ownNode(node, attributes);
      case 'pods':
        return this.#pod(node, attributes);
      default:
        return this.#byRules(attributes);
    }
  }

  /** What all nodes may do; events are most of what they write, so the last answer is kept. */
  #byRules(attributes: Attributes): Decision {
    const { verb, group, resource, subresource } = attributes;
    const last = this.#last;
    const same =
      last !== undefined &&
      last.verb === verb &&
      last.resource === resource &&
      last.group === group &&
      last.subresource === subresource;
    if (same) return last.decision;
    const decision = NODE_RULES.some((rule) => ruleCovers(rule, attributes)) ? YES : NO;
    this.#last = { verb, group, resource, subresource, decision };
    return decision;
  }

  authorizePath(): Decision {
    return NO;
  }

  rulesFor(user: UserInfo): RulesFor {
    if (nodeOf(user) === undefined) return NO_RULES;
    return { rules: [], errors: ['node authorizer does not support user rule resolution'], incomplete: true };
  }

  /** Secrets and ConfigMaps: to be read by name, by the nodes whose pods use them. */
  #read(node: string, attributes: Attributes, names: (pod: Pod) => Iterable<string>): Decision {
    const { verb, subresource, namespace, name } = attributes;
    if (verb !== 'get' && verb !== 'list' && verb !== 'watch')
      return no('can only read resources of this type');
    if (subresource !== '') return no('cannot read subresource');
    if (namespace === '') return no('can only read namespaced object of this type');
    if (name === '') return no('No Object name found');
    return this.#related(node, namespace, (pod) => {
      for (const used of names(pod)) if (used === name) return true;
      return false;
    });
  }

  #claim(node: string, { verb, subresource, namespace, name }: Attributes): Decision {
    if (subresource === 'status') {
      if (verb !== 'update' && verb !== 'patch') return no('can only get/update/patch this type');
    } else if (verb !== 'get') return no('can only get individual resources of this type');
    else if (subresource !== '') return no('cannot get subresource');
    if (name === '') return no('No Object name found');
    return this.#related(node, namespace, (pod) => claimNamesOf(pod).includes(name));
  }

  #token(node: string, { verb, subresource, namespace, name }: Attributes): Decision {
    if (verb !== 'create' || name === '') return no('can only create tokens for individual service accounts');
    if (subresource !== 'token') return no('can only create token subresource of serviceaccount');
    return this.#related(node, namespace, (pod) => pod.spec.serviceAccountName === name);
  }

  #pod(node: string, { verb, subresource, namespace, name, fieldSelector = '' }: Attributes): Decision {
    if (subresource === 'status') return verb === 'update' || verb === 'patch' ? YES : NO;
    if (subresource === 'eviction') return verb === 'create' ? YES : NO;
    if (subresource !== '') return NO;
    if (verb === 'create' || verb === 'delete') return YES;
    if (verb !== 'get' && verb !== 'list' && verb !== 'watch') return NO;
    if (verb !== 'get' && selectsNode(fieldSelector, node)) return YES;
    if (name === '') {
      return verb === 'get'
        ? no('No Object name found')
        : no('can only list/watch pods with spec.nodeName field selector');
    }
    const pod = this.#server.lookup(podKind, namespace, name);
    return pod?.spec.nodeName === node ? YES : unrelated(node);
  }

  /** Whether some pod of the node, in that namespace, is related to what is asked for. */
  #related(node: string, namespace: string, uses: (pod: Pod) => boolean): Decision {
    for (const pod of this.#server.podsOfNode(node)) {
      if (pod.metadata.namespace !== namespace) continue;
      const phase = pod.status?.phase;
      // A pod that has ended needs nothing any more (node/graph_populator.go).
      if (phase === 'Succeeded' || phase === 'Failed') continue;
      if (uses(pod)) return YES;
    }
    return unrelated(node);
  }
}

function unrelated(node: string): Decision {
  return no(`no relationship found between node '${node}' and this object`);
}

function selectsNode(fieldSelector: string, node: string): boolean {
  return fieldSelector
    .split(',')
    .some((term) => term === `spec.nodeName=${node}` || term === `spec.nodeName==${node}`);
}

function lease(node: string, { verb, namespace, name }: Attributes): Decision {
  if (!['get', 'create', 'update', 'patch', 'delete'].includes(verb))
    return no('can only get, create, update, patch, or delete a node lease');
  if (namespace !== NODE_LEASES) return no(`can only access leases in the "${NODE_LEASES}" system namespace`);
  // On create the name is not known yet: NodeRestriction looks at it.
  if (verb !== 'create' && name !== node)
    return no('can only access node lease with the same name as the requesting node');
  return YES;
}

/** What NodeRestriction narrows further: a node writes itself only. */
function ownNode(node: string, { verb, subresource, name }: Attributes): Decision {
  if (subresource === 'status') return verb === 'update' || verb === 'patch' ? YES : NO;
  if (subresource !== '') return NO;
  switch (verb) {
    case 'create':
    case 'update':
    case 'patch':
      return YES;
    case 'get':
    case 'list':
    case 'watch':
      if (name === node) return YES;
      return name === ''
        ? no(`node '${node}' cannot read all nodes, only its own Node object`)
        : no(`node '${node}' cannot read '${name}', only its own Node object`);
    default:
      return NO;
  }
}
