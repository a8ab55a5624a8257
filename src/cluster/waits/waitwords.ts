/** How it is said what objects wait for; names, fields, reasons and messages stay as Kubernetes has them. */
export interface WaitWords {
  /** Above the list. */
  readonly heading: string;
  /** Where there is no list. */
  readonly nothing: string;
  readonly look: (what: string) => string;
  readonly finalizers: (names: readonly string[]) => string;
  /** `ago`: since the component was last heard of; undefined: never. */
  readonly silent: (component: string, ago: string | undefined) => string;
  readonly condition: (type: string, reason: string, message: string) => string;
  readonly missing: (what: string) => string;
  /** A pod or child object whose own cause is known. */
  readonly child: (what: string, text: string) => string;
  readonly more: (count: number, what: string) => string;
  readonly pod: PodWaitWords;
  readonly volume: VolumeWaitWords;
  readonly workload: WorkloadWaitWords;
  readonly network: NetworkWaitWords;
  readonly node: NodeWaitWords;
}

export interface PodWaitWords {
  readonly gates: (names: readonly string[]) => string;
  readonly noNode: (message: string) => string;
  readonly room: (node: string) => string;
  readonly otherScheduler: (name: string) => string;
  readonly notLookedAt: string;
  readonly notTakenUp: (node: string) => string;
  readonly kubeletMustEnd: (node: string) => string;
  readonly grace: (seconds: number, hook: boolean) => string;
  readonly failed: (reason: string, message: string) => string;
  readonly endedForGood: (container: string, exitCode: number, policy: string) => string;
  readonly initFirst: (container: string, waiting: string) => string;
  readonly running: string;
  readonly pulling: (image: string, ago: string | undefined) => string;
  readonly preparing: string;
  readonly noImage: (container: string, image: string, message: string) => string;
  readonly crashes: (container: string, exitCode: number, reason: string, times: number) => string;
  readonly waiting: (container: string, reason: string, message: string) => string;
  readonly notStarted: (container: string, message: string) => string;
  readonly notReady: (container: string, message: string) => string;
  readonly readinessGate: (type: string) => string;
  /** A resize that waits for room, for ever, or for memory to be freed; `reason` and `message` are the kubelet's. */
  readonly resize: (reason: string, message: string) => string;
}

export interface VolumeWaitWords {
  readonly noClass: string;
  readonly noSuchClass: (name: string) => string;
  readonly firstPod: (className: string) => string;
  readonly podFirst: (pod: string) => string;
  readonly noVolume: (message: string) => string;
  readonly provisioner: (provisioner: string, message: string) => string;
  readonly volumeOf: (volume: string, claim: string) => string;
  readonly inUse: (pods: readonly string[]) => string;
  readonly lost: (volume: string) => string;
  readonly released: (policy: string) => string;
  readonly boundTo: (claim: string) => string;
}

export interface WorkloadWaitWords {
  readonly notObserved: (generation: number, observed: number) => string;
  readonly paused: string;
  readonly suspended: string;
  readonly onDelete: string;
  readonly podsMissing: (has: number, wanted: number) => string;
  readonly oldPods: (count: number) => string;
  readonly ending: (count: number) => string;
  readonly notYetAvailable: (count: number, seconds: number) => string;
  readonly ordinal: (pod: string, before: string) => string;
  readonly noNode: string;
  readonly failedPods: (failed: number, limit: number) => string;
  readonly podsToEnd: (count: number) => string;
  readonly jobToEnd: (job: string) => string;
  readonly nextTime: (time: string) => string;
  readonly jobFailed: (reason: string, message: string) => string;
  readonly healthy: (has: number, wanted: number) => string;
}

export interface NetworkWaitWords {
  readonly noSelector: string;
  readonly noPods: (selector: string) => string;
  readonly noReadyPods: (count: number) => string;
  readonly noPortNamed: (port: string) => string;
  readonly noBalancer: string;
  readonly noIngressClass: string;
  readonly noController: (className: string) => string;
  readonly backend: (service: string, why: string) => string;
  readonly noEndpoints: string;
  readonly noSuchPort: (port: string) => string;
  readonly selectsNothing: string;
}

export interface NodeWaitWords {
  readonly kubelet: (node: string, ago: string | undefined) => string;
  readonly notReady: (message: string) => string;
  readonly cordoned: string;
  readonly pressure: (type: string, message: string) => string;
}

const tail = (message: string): string => (message === '' ? '' : `: ${message}`);
const ago = (time: string | undefined): string =>
  time === undefined ? 'it was never heard of' : `it was last heard of ${time} ago`;

const podsText = (count: number): string => `${count} ${count === 1 ? 'pod' : 'pods'}`;

/** English, as Kubernetes' own messages are. */
export const waitWords: WaitWords = {
  heading: 'It waits for:',
  nothing: 'It waits for nothing.',
  look: (what) => `see: ${what}`,
  finalizers: (names) => `its finalizers to be removed: ${names.join(', ')}`,
  silent: (component, time) => `${component} to work: ${ago(time)}`,
  condition: (type, reason, message) =>
    `condition ${type} to be better${reason === '' ? '' : `, ${reason}`}${tail(message)}`,
  missing: (what) => `${what}, which does not exist`,
  child: (what, text) => `${what}, which waits for ${text}`,
  more: (count, what) => `${count} more ${count === 1 ? what.replace(/s$/, '') : what}`,
  pod: {
    gates: (names) => `its scheduling gates to be removed: ${names.join(', ')}`,
    noNode: (message) => `a node that fits${tail(message)}`,
    room: (node) => `room on ${node}: pods of lower priority are ending there`,
    otherScheduler: (name) => `a scheduler named ${name} (spec.schedulerName), which has decided nothing`,
    notLookedAt: 'the scheduler to look at it',
    notTakenUp: (node) => `the kubelet of ${node} to take it up`,
    kubeletMustEnd: (node) => `the kubelet of ${node} to confirm that it has ended`,
    grace: (seconds, hook) =>
      `its containers to end: they have ${seconds} s from the deletion on${hook ? ', their preStop hooks included' : ''}`,
    failed: (reason, message) =>
      `nothing any more: it has failed${reason === '' ? '' : `, ${reason}`}${tail(message)}`,
    endedForGood: (container, exitCode, policy) =>
      `nothing: container ${container} has ended with exit code ${exitCode} and is not started again (restartPolicy ${policy})`,
    initFirst: (container, waiting) => `init container ${container} to end: ${waiting}`,
    running: 'it is running',
    pulling: (image, time) => `image ${image}, being pulled${time === undefined ? '' : ` for ${time}`}`,
    preparing: 'its network, volumes and containers to be set up',
    noImage: (container, image, message) =>
      `image ${image} of container ${container}, which cannot be pulled${tail(message)}`,
    crashes: (container, exitCode, reason, times) =>
      `container ${container} to be started again: it ended with exit code ${exitCode} (${reason}) and has been restarted ${times} ${times === 1 ? 'time' : 'times'}; the time between is growing`,
    waiting: (container, reason, message) => `container ${container} to start: ${reason}${tail(message)}`,
    notStarted: (container, message) =>
      `the startup probe of container ${container} to succeed${tail(message)}`,
    notReady: (container, message) => `container ${container} to be ready${tail(message)}`,
    readinessGate: (type) => `its readiness gate: condition ${type} is not True`,
    resize: (reason, message) => `the resources that it was resized to (${reason})${tail(message)}`,
  },
  volume: {
    noClass: 'a StorageClass: it names none and there is no default one',
    noSuchClass: (name) => `StorageClass ${name}, which does not exist`,
    firstPod: (name) => `a pod that uses it (StorageClass ${name} binds WaitForFirstConsumer)`,
    podFirst: (pod) => `pod ${pod} to be scheduled`,
    noVolume: (message) => `a PersistentVolume that fits${tail(message)}`,
    provisioner: (provisioner, message) => `a volume from ${provisioner}${tail(message)}`,
    volumeOf: (volume, claim) => `volume ${volume}, which belongs to claim ${claim}`,
    inUse: (pods) => `the pods that use it to end: ${pods.join(', ')}`,
    lost: (volume) => `volume ${volume}, which is gone`,
    released: (policy) =>
      `somebody to delete it or to remove spec.claimRef: its claim is gone and its reclaim policy is ${policy}`,
    boundTo: (claim) => `claim ${claim} to be deleted`,
  },
  workload: {
    notObserved: (generation, observed) =>
      `its controller to see generation ${generation} (it has seen ${observed})`,
    paused: 'somebody to resume it: spec.paused is true',
    suspended: 'somebody to resume it: spec.suspend is true',
    onDelete: 'somebody to delete its old pods: its update strategy is OnDelete',
    podsMissing: (has, wanted) => `pods to be made: there are ${has} of ${wanted}`,
    oldPods: (count) => `${podsText(count)} of the old template to be replaced`,
    ending: (count) => `${podsText(count)} to end`,
    notYetAvailable: (count, seconds) =>
      `${podsText(count)} to have been ready for ${seconds} s (minReadySeconds)`,
    ordinal: (pod, before) =>
      `pod ${before} to be ready before ${pod} is made (podManagementPolicy OrderedReady)`,
    noNode: 'a node that its pods may run on: none is eligible',
    failedPods: (failed, limit) =>
      `its next attempt: ${podsText(failed)} ${failed === 1 ? 'has' : 'have'} failed, of ${limit} it may lose (backoffLimit); the time between is growing`,
    podsToEnd: (count) => `${count} running ${count === 1 ? 'pod' : 'pods'} to end`,
    jobToEnd: (job) => `job ${job} to end (concurrencyPolicy Forbid)`,
    nextTime: (time) => `its next time, ${time}`,
    jobFailed: (reason, message) => `nothing any more: it has failed, ${reason}${tail(message)}`,
    healthy: (has, wanted) => `more healthy pods: there are ${has}, it wants ${wanted}`,
  },
  network: {
    noSelector: 'endpoints that somebody writes: it has no selector',
    noPods: (selector) => `pods that match its selector ${selector}: there are none`,
    noReadyPods: (count) => `its pods to be ready: ${count} match, none is ready`,
    noPortNamed: (port) => `a container port named ${port} in its pods: none has one`,
    noBalancer: 'a load balancer: this cluster has no cloud that gives one, or has not been given one yet',
    noIngressClass: 'an IngressClass: it names none and there is no default one',
    noController: (name) => `the controller of IngressClass ${name} to give it an address`,
    backend: (service, why) => `its backend ${service}: ${why}`,
    noEndpoints: 'it has no ready endpoints',
    noSuchPort: (port) => `it has no port ${port}`,
    selectsNothing: 'pods that it selects: there are none',
  },
  node: {
    kubelet: (node, time) => `the kubelet of ${node}: ${ago(time)}`,
    notReady: (message) => `its kubelet to be ready${tail(message)}`,
    cordoned: 'somebody to uncordon it before new pods are put on it',
    pressure: (type, message) => `${type} to pass${tail(message)}`,
  },
};
