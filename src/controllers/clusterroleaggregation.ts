import type { ClusterRole, PolicyRule } from '../api/generated/types.ts';
import { clusterRole as clusterRoleKind } from '../api/kinds/clusterrole.ts';
import { nameOf, revisionOf } from '../api/object.ts';
import { deepEqual } from '../apimachinery/equal.ts';
import { compiledSelector } from '../apimachinery/labels.ts';
import { isNotFound } from '../apimachinery/status.ts';
import type { Client } from '../client/client.ts';
import { Controller, DONE, type ReconcileResult, retry } from '../client/controller.ts';
import type { Informer } from '../client/informer.ts';
import type { ControllerContext, ControllerDefinition } from './context.ts';

const NAME = 'clusterrole-aggregation-controller';
const NO_LABELS: Readonly<Record<string, string>> = Object.freeze({});

/** Fills aggregated ClusterRoles with the rules of the roles they select (pkg/controller/clusterroleaggregation). */
class ClusterRoleAggregationController {
  readonly #client: Client;
  readonly #roles: Informer<ClusterRole>;
  readonly #loop: Controller;

  constructor(context: ControllerContext) {
    this.#client = context.clientFor(NAME);
    this.#roles = context.informers.informer(clusterRoleKind);
    this.#loop = new Controller({
      process: context.process,
      client: this.#client,
      workers: 5,
      ready: () => this.#roles.synced,
      reconcile: (key) => this.#sync(key),
    });
    const changed = (role: ClusterRole): void => this.#enqueueAggregated(revisionOf(role));
    this.#roles.addHandler({ add: changed, update: (_, role) => changed(role), delete: changed });
  }

  /** Any role may be part of any aggregated one. */
  #enqueueAggregated(trigger: number): void {
    for (const role of this.#roles.list())
      if (role.aggregationRule !== undefined) this.#loop.queue.add(nameOf(role), trigger);
  }

  #sync(name: string): ReconcileResult {
    const role = this.#roles.get(name);
    if (role?.aggregationRule === undefined) return DONE;
    const rules = this.#rulesFor(role);
    if (deepEqual(rules, role.rules ?? [])) return DONE;
    const result = this.#client.update(clusterRoleKind, { ...role, rules });
    return result.ok || isNotFound(result.status) ? DONE : retry(result.status);
  }

  /** The rules of all selected roles in the order of their names, each once. */
  #rulesFor(aggregated: ClusterRole): readonly PolicyRule[] {
    const rules: PolicyRule[] = [];
    for (const selector of aggregated.aggregationRule?.clusterRoleSelectors ?? []) {
      const compiled = compiledSelector(selector);
      const selected = [...this.#roles.list()]
        .filter((role) => role !== aggregated && compiled.matches(role.metadata.labels ?? NO_LABELS))
        .sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
      for (const rule of selected.flatMap((role) => role.rules ?? []))
        if (!rules.some((known) => deepEqual(known, rule))) rules.push(rule);
    }
    return rules;
  }
}

export const clusterRoleAggregationController: ControllerDefinition = {
  name: NAME,
  start: (context) => void new ClusterRoleAggregationController(context),
};
