/** A bug put into the program on purpose, to see whether the checkers find it. */
export interface Mutant {
  /** What is wrong, in a few words. */
  readonly name: string;
  /** Relative to the repository. */
  readonly file: string;
  /** Occurs exactly once in the file. */
  readonly find: string;
  readonly replace: string;
}

/** The bugs that the net must catch. None of them exists outside the process that hunts it. */
export const mutants: readonly Mutant[] = [
  {
    name: 'a lost watch event: every hundredth change is not told',
    file: 'src/apiserver/watcher.ts',
    find: 'if (change.revision <= this.told) return;',
    replace: 'if (change.revision <= this.told || change.revision % 100 === 0) return;',
  },
  {
    name: 'a watch that resumes one change too late',
    file: 'src/apiserver/watchcache.ts',
    find: 'for (const change of this.#recent.after(from)) watcher.offer(change);',
    replace: 'for (const change of [...this.#recent.after(from)].slice(1)) watcher.offer(change);',
  },
  {
    name: 'a trusted stale cache: a new list does not remove what is gone',
    file: 'src/client/informer.ts',
    find: 'if (!seen.has(key)) this.#remove(key, object);',
    replace: 'if (seen.size < 0) this.#remove(key, object);',
  },
  {
    name: 'an informer that gives up when its watch is closed',
    file: 'src/client/informer.ts',
    find: `    this.#watch = undefined;
    this.#retryLater(() => this.#follow());`,
    replace: '    this.#watch = undefined;',
  },
  {
    name: 'a work queue that does not try again what has failed',
    file: 'src/client/workqueue.ts',
    find: 'this.addAfter(key, delay, trigger);',
    replace: 'if (failures < 0) this.addAfter(key, delay, trigger);',
  },
  {
    name: 'an optimistic lock that never conflicts',
    file: 'src/apiserver/verbs/update.ts',
    find: 'return resourceVersion === old.metadata.resourceVersion',
    replace: "return resourceVersion !== ''",
  },
  {
    name: 'room used twice: what is assumed is not counted',
    file: 'src/scheduler/cache.ts',
    find: 'this.#place(info, node, true);',
    replace: 'this.#placed.set(info.uid, { node, info, assumed: false });',
  },
  {
    name: 'a scheduler that does not look at taints',
    file: 'src/scheduler/plugins/tainttoleration.ts',
    find: 'if (node.taints.length === 0) return SUCCESS;',
    replace: 'if (node.taints.length < 9) return SUCCESS;',
  },
  {
    name: 'a pod that cannot be scheduled is lost',
    file: 'src/scheduler/scheduler.ts',
    find: 'this.queue.giveBack(queued, pod, rejectors);',
    replace: 'if (rejectors.size === 0) this.queue.giveBack(queued, pod, rejectors);',
  },
  {
    name: 'a surge that is one too large',
    file: 'src/controllers/deploymentutil.ts',
    find: 'return { maxSurge: surge,',
    replace: 'return { maxSurge: surge + 1,',
  },
  {
    name: 'one pod too many may be unavailable',
    file: 'src/controllers/deploymentutil.ts',
    find: 'replicas === 0 ? 0 : Math.min(least, replicas) };',
    replace: 'replicas === 0 ? 0 : Math.min(least + 1, replicas) };',
  },
  {
    name: 'a set that acts before it has seen what it did',
    file: 'src/controllers/replicas.ts',
    find: 'const mayAct = this.#expectations.satisfied(key);',
    replace: "const mayAct = this.#expectations.satisfied(key) || key !== '';",
  },
  {
    name: 'dependents of an owner that is gone stay',
    file: 'src/controllers/garbagecollector.ts',
    find: "      this.#warnElsewhere(kind, owner, object);\n      return 'absent';",
    replace: "      this.#warnElsewhere(kind, owner, object);\n      return 'solid';",
  },
  {
    name: 'a dropped finalizer: one does not hold',
    file: 'src/apiserver/verbs/delete.ts',
    find: 'const held = (metadata.finalizers?.length ?? 0) > 0;',
    replace: 'const held = (metadata.finalizers?.length ?? 0) > 1;',
  },
  {
    name: 'a terminating namespace lets objects in',
    file: 'src/apiserver/admission/namespacelifecycle.ts',
    find: "if (home.status?.phase !== 'Terminating') return undefined;",
    replace: 'if (home.status?.phase !== undefined) return undefined;',
  },
  {
    name: 'a generation that does not count',
    file: 'src/apiserver/verbs/update.ts',
    find: 'generation: (old.metadata.generation ?? 0) + 1 } };',
    replace: 'generation: old.metadata.generation ?? 0 } };',
  },
  {
    name: 'a write that changes nothing is stored',
    file: 'src/apiserver/verbs/update.ts',
    find: 'if (deepEqual(next, old)) return old;',
    replace: 'if (next === old) return old;',
  },
  {
    name: 'a node that comes back keeps its taint',
    file: 'src/controllers/nodelifecycle.ts',
    find: 'if (kept.length !== taints.length) this.#setTaints(node, kept);',
    replace: 'if (kept.length > taints.length) this.#setTaints(node, kept);',
  },
  {
    name: 'endpoints that are ready although their pods are not',
    file: 'src/controllers/endpointslice.ts',
    find: 'ready: publishesNotReady(service) || (serving && !terminating),',
    replace: 'ready: true,',
  },
  {
    name: 'a pod address that two pods get',
    file: 'src/kubelet/runtime/ipam.ts',
    find: 'return formatIP(this.#at(offset));',
    replace: 'return formatIP(this.#at(offset > 4 ? offset - 1 : offset));',
  },
  {
    name: 'a node port that two Services get',
    file: 'src/apiserver/allocators/portallocator.ts',
    find: 'return this.#contains(port) && this.#offsets.has(port - this.range.base);',
    replace: 'return this.#contains(port) && this.#offsets.has(port - this.range.base) && port < 0;',
  },
  {
    name: 'a static pod that does not come back while it is ending',
    file: 'src/kubelet/podmanager.ts',
    find: 'if (known.worker?.removed === true) known.again = { pod, source };',
    replace: 'if (known.worker?.removed === false) known.again = { pod, source };',
  },
  {
    name: 'a kubelet that counts pods that have ended',
    file: 'src/kubelet/podmanager.ts',
    find: 'return worker?.active === true && !worker.removed && !isTerminalPhase(pod.status?.phase);',
    replace: 'return worker?.active === true && !worker.removed && pod !== undefined;',
  },
  {
    name: 'runs of a container that draw the same chance again',
    file: 'src/kubelet/runtime/container.ts',
    find: 'this.now() - simulation.startTime, wall',
    replace: 'config.attempt, wall',
  },
  {
    name: 'a kubelet that sets all labels of its node anew',
    file: 'src/kubelet/nodestatus.ts',
    find: `    else next[label] = value;
  }`,
    replace: `    else next[label] = value;
  }
  Object.assign(next, own);`,
  },
  {
    name: 'a daemon that skips a node',
    file: 'src/controllers/daemonset.ts',
    find: 'if (run && here.length === 0) plan.create.push(nameOf(node));',
    replace: "if (run && here.length === 0 && nameOf(node) !== 'n2') plan.create.push(nameOf(node));",
  },
  {
    name: 'a pod that is gone before its containers have stopped',
    file: 'src/kubelet/podworker.ts',
    find: '    this.#host.killer.killPod(this.pod, grace * 1000, () => {',
    replace: `    process.after(1, () => this.#finish(epoch));
    this.#host.killer.killPod(this.pod, grace * 1000, () => {`,
  },
  {
    name: 'a pod that is ready whatever its containers are',
    file: 'src/kubelet/conditions.ts',
    find: '  if (unready.length === 0) return TRUE;',
    replace: '  if (unready.length < 2) return TRUE;',
  },
  {
    name: 'a pod goes near pods that it shuns',
    file: 'src/scheduler/plugins/interpodaffinity.ts',
    find: 'if (isNearAny(needs.far, needs.farChanges, node)) return TOO_NEAR;',
    replace: '',
  },
  {
    name: 'topology spread lets one pod too many in',
    file: 'src/scheduler/plugins/podtopologyspread.ts',
    find: 'if (count + self - least > constraint.maxSkew) return TOO_SKEWED;',
    replace: 'if (count - least > constraint.maxSkew) return TOO_SKEWED;',
  },
  {
    name: 'pods that were put back in thought go all the same',
    file: 'src/scheduler/preemption.ts',
    find: 'if (handle.runFilters(trialState, pod, node) === SUCCESS) return true;',
    replace: '',
  },
  {
    name: 'a page of a list that skips an object',
    file: 'src/apiserver/verbs/list.ts',
    find: '    for (const [i, record] of chunk.entries()) {',
    replace: `    for (const [i, record] of chunk.entries()) {
      if (start !== '' && i === 0) continue;`,
  },
  {
    name: 'a list of the past that shows the present',
    file: 'src/apiserver/verbs/list.ts',
    find: '{ revision, from, limit: CHUNK + 1 }',
    replace: '{ from, limit: CHUNK + 1 }',
  },
  {
    name: 'a watch from a compacted revision that is silent',
    file: 'src/apiserver/watchcache.ts',
    find: 'if (from < oldest) {',
    replace: 'if (from < 0) {',
  },
  {
    name: 'a quota that is judged before what is asked for is added',
    file: 'src/apiserver/admission/resourcequota.ts',
    find: 'const total = after.get(name);',
    replace: 'const total = used.get(name);',
  },
  {
    name: 'a quota that counts pods that have ended',
    file: 'src/api/quota/podusage.ts',
    find: "if (phase === 'Failed' || phase === 'Succeeded') return false;",
    replace: "if (phase === 'Failed') return false;",
  },
  {
    name: 'limits of a namespace that init containers escape',
    file: 'src/apiserver/admission/limitranger.ts',
    find: "initContainers === undefined ? undefined : mapShared(initContainers, fill('init container'));",
    replace: 'initContainers === undefined ? undefined : initContainers;',
  },
  {
    name: 'an autoscaler without a memory',
    file: 'src/controllers/scalinglimits.ts',
    find: 'const highest = Math.max(wanted, ...memory.since(now, down));',
    replace: 'const highest = Math.max(wanted, ...memory.since(now, 0));',
  },
  {
    name: "an apply that takes what is others' without force",
    file: 'src/apiserver/verbs/apply.ts',
    find: 'if (conflicts.length > 0 && ctx.options.force !== true &&',
    replace: 'if (conflicts.length > 9 && ctx.options.force !== true &&',
  },
  {
    name: 'an applied field that stays when its only owner drops it',
    file: 'src/apiserver/verbs/apply.ts',
    find: 'const pruned = dropped === undefined ? merged :',
    replace: 'const pruned = dropped !== undefined ? merged : dropped === undefined ? merged :',
  },
  {
    name: 'a refusal of those who may not that is not heeded',
    file: 'src/apiserver/apiserver.ts',
    find: 'if (!decision.allowed) {',
    replace: "if (!decision.allowed && request.verb !== 'patch') {",
  },
  {
    name: 'a dry run that writes',
    file: 'src/apiserver/write.ts',
    find: '  if (ctx.dryRun) return undefined;',
    replace: '  if (ctx.dryRun && ctx.dryRun === undefined) return undefined;',
  },
  {
    name: 'a disruption budget that is off by one',
    file: 'src/controllers/disruptionbudget.ts',
    find: 'Math.max(0, healthy - expected.desiredHealthy);',
    replace: 'Math.max(0, healthy + 1 - expected.desiredHealthy);',
  },
  {
    name: 'an eviction that does not ask the budget',
    file: 'src/apiserver/disruptionbudgets.ts',
    find: "if (gone || phase === 'Succeeded' || phase === 'Failed' || phase === 'Pending') return undefined;",
    replace: "if (gone || phase !== 'Pending' || phase === 'Pending') return undefined;",
  },
  {
    name: 'a back-off that does not grow',
    file: 'src/kubelet/backoff.ts',
    find: 'entry.backoff = Math.min(entry.backoff * 2, this.#max);',
    replace: 'entry.backoff = Math.min(entry.backoff, this.#max);',
  },
  {
    name: 'containers that restart although they never should',
    file: 'src/kubelet/restart.ts',
    find: "return policy === 'Always' || (policy === 'OnFailure' && exitCode !== 0);",
    replace: "return policy === 'Always' || exitCode !== 0;",
  },
  {
    name: 'containers that do not wait for the init containers',
    file: 'src/kubelet/actions.ts',
    find: "if (latest.state !== 'exited') return 'waiting';",
    replace: "if (latest.state !== 'exited') continue;",
  },
  {
    name: 'a toleration that runs out too soon',
    file: 'src/controllers/tainteviction.ts',
    find: 'const at = since + Math.max(0, tolerationSeconds) * 1000;',
    replace: 'const at = since + Math.max(0, tolerationSeconds) * 500;',
  },
  {
    name: 'a garbage collector that does not wait in foreground',
    file: 'src/controllers/garbagecollector.ts',
    find: 'return blocking > 0 ? DONE :',
    replace: 'return blocking < 0 ? DONE :',
  },
  {
    name: 'a lead that is taken too soon',
    file: 'src/client/leaderelection.ts',
    find: 'holder !== identity && this.#observedAt + duration > now) return false;',
    replace: 'holder !== identity && this.#observedAt + duration > now + 14_500) return false;',
  },
  {
    name: 'a Service without endpoints that hangs',
    file: 'src/proxy/servicerules.ts',
    find: "whenEmpty: choice.any ? 'drop' : 'reject'",
    replace: "whenEmpty: 'drop'",
  },
  {
    name: 'a Deployment that is paused and rolls out all the same',
    file: 'src/controllers/deploymentrollout.ts',
    find: 'if (this.#deployment.spec.paused === true || isScalingEvent',
    replace: 'if (isScalingEvent',
  },
  {
    name: 'a pod of a Job that is counted twice',
    file: 'src/controllers/jobtracking.ts',
    find: 'succeeded: (this.#status.succeeded ?? 0) + doneSucceeded }',
    replace: 'succeeded: (this.#status.succeeded ?? 0) + doneSucceeded + (doneSucceeded > 1 ? 1 : 0) }',
  },
  {
    name: 'a grace period that is not kept',
    file: 'src/kubelet/podworker.ts',
    find: '    this.#host.killer.killPod(this.pod, grace * 1000, () => {',
    replace: '    this.#host.killer.killPod(this.pod, grace * 100, () => {',
  },
  {
    name: 'a schedule that knows no time zones',
    file: 'src/controllers/cronjobsync.ts',
    find: 'const zone = timeZone === undefined ? UTC : timeZoneOf(timeZone);',
    replace: "const zone = timeZone === '' ? timeZoneOf(timeZone) : UTC;",
  },
  {
    name: 'a schedule that starts beside a Job that forbids it',
    file: 'src/controllers/cronjobsync.ts',
    find: "if (concurrencyPolicy === 'Forbid' && this.#active.length > 0) {",
    replace: "if (concurrencyPolicy === 'Forbid' && this.#active.length > 1) {",
  },
  {
    name: 'a stateful set that shrinks from below',
    file: 'src/controllers/statefulsetsync.ts',
    find: 'this.#condemned = condemned.sort(([a], [b]) => b - a)',
    replace: 'this.#condemned = condemned.sort(([a], [b]) => a - b)',
  },
  {
    name: 'a claim for one pod that two pods get',
    file: 'src/scheduler/plugins/volumerestrictions.ts',
    find: '(state.read(CONFLICTS)?.uses ?? 0) > 0 ?',
    replace: '(state.read(CONFLICTS)?.uses ?? 0) > 1 ?',
  },
  {
    name: 'a host port that two pods get',
    file: 'src/scheduler/plugins/nodeports.ts',
    find: 'for (const port of hostPorts) if (node.portTaken(port)) return REJECTED;',
    replace: 'for (const port of hostPorts.slice(1)) if (node.portTaken(port)) return REJECTED;',
  },
  {
    name: 'a scheduler that does not look at node affinity',
    file: 'src/scheduler/plugins/nodeaffinity.ts',
    find: '|| (node.node !== undefined && required.matches(node.node))) return SUCCESS;',
    replace: '|| node.node !== undefined) return SUCCESS;',
  },
  {
    name: 'a namespace that goes before what is in it',
    file: 'src/controllers/namespace.ts',
    find: 'else if (result.count > 0) remainders.push(result);',
    replace: 'else if (result.count > 1) remainders.push(result);',
  },
  {
    name: 'a pod that was refused and whose containers run on',
    file: 'src/kubelet/podmanager.ts',
    find: 'if (!this.#nothingRuns(uidOf(pod))) this.#workerHost',
    replace: 'if (pod.status === undefined) this.#workerHost',
  },
  {
    name: 'a double bind: a pod that has a node gets another',
    file: 'src/apiserver/subresources/binding.ts',
    find: "if (nodeName !== '') return `pod",
    replace: "if (nodeName !== '' && deletionTimestamp !== undefined) return `pod",
  },
  {
    name: 'an adoption of what is not selected',
    file: 'src/controllers/ownership.ts',
    find: 'isTerminating(object) || !matches(object.metadata.labels)) continue;',
    replace: 'isTerminating(object)) continue;',
  },
  {
    name: 'a write of the status that gets at the spec',
    file: 'src/apiserver/verbs/update.ts',
    find: '{ ...rest, metadata } : { ...old, metadata, status: kept };',
    replace: '{ ...rest, metadata } : { ...old, ...wished, metadata, status: kept };',
  },
];
