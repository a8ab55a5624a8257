import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { kindByName } from '../../../src/api/kinds/registry.ts';
import type { KubeObject } from '../../../src/api/object.ts';
import type { Cluster } from '../../../src/cluster/cluster.ts';
import { waitsFor } from '../../../src/cluster/waits/waitsfor.ts';
import { booted, create, webDeployment, withWeb } from '../harness.ts';

/** Applies manifests and lets time pass. */
function later(cluster: Cluster, seconds: number, manifests: string): Cluster {
  create(
    cluster,
    ...parseAllDocuments(manifests)
      .map((document) => document.toJS() as KubeObject | null)
      .filter((object) => object !== null),
  );
  cluster.runFor(seconds * 1000);
  return cluster;
}

/** What `type/name` waits for, with the command that shows more behind an arrow. */
function waits(cluster: Cluster, what: string, namespace = 'default'): readonly string[] {
  const [type = '', name = ''] = what.split('/');
  const kind = kindByName(type);
  const object = kind === undefined ? undefined : cluster.get(kind, kind.namespaced ? namespace : '', name);
  if (object === undefined) throw new Error(`there is no ${what}`);
  return waitsFor(cluster, object).map(({ text, look }) =>
    look === undefined ? text : `${text} -> ${look}`,
  );
}

const pod = (name: string, spec: string, labels = '{}'): string =>
  `{apiVersion: v1, kind: Pod, metadata: {name: ${name}, namespace: default, labels: ${labels}}, spec: ${spec}}\n---\n`;
const NGINX = 'containers: [{name: c, image: "nginx:1.27"}]';
const SLEEP = 'containers: [{name: c, image: "busybox:1.36", command: [sleep, "3600"]}]';

const MOUNT =
  '{volumes: [{name: v, configMap: {name: nope}}], containers: [{name: c, image: "nginx:1.27", volumeMounts: [{name: v, mountPath: /v}]}]}';

describe('what a pod waits for (pod)', () => {
  it('is nothing once it is ready', () => {
    expect(waits(later(booted(), 10, pod('p', `{${NGINX}}`)), 'pod/p')).toEqual([]);
  });

  it('is a node, in the words of the scheduler', () => {
    const cluster = later(booted(), 5, pod('p', `{nodeSelector: {disk: ssd}, ${NGINX}}`));
    expect(waits(cluster, 'pod/p')).toEqual([
      expect.stringMatching(
        /^a node that fits: 0\/3 nodes are available: .*didn't match Pod's node affinity/,
      ),
    ]);
  });

  it('is the scheduler itself where none runs', () => {
    const cluster = booted();
    expect(cluster.inject({ kind: 'ComponentStop', component: 'kube-scheduler' })).toBeUndefined();
    cluster.runFor(30_000);
    later(cluster, 20, pod('p', `{${NGINX}}`));
    expect(waits(cluster, 'pod/p')).toEqual([
      expect.stringMatching(
        /^kube-scheduler to work: it was last heard of 5\ds ago -> kubectl get pods -n kube-system -l component=kube-scheduler$/,
      ),
    ]);
  });

  it('is its gates, or a scheduler of its own', () => {
    const cluster = booted();
    later(cluster, 1, pod('gated', `{schedulingGates: [{name: example.com/wait}], ${NGINX}}`));
    later(cluster, 5, pod('other', `{schedulerName: mine, ${NGINX}}`));
    expect(waits(cluster, 'pod/gated')).toEqual(['its scheduling gates to be removed: example.com/wait']);
    expect(waits(cluster, 'pod/other')).toEqual([
      'a scheduler named mine (spec.schedulerName), which has decided nothing',
    ]);
  });

  it('is a node that does not exist, or whose kubelet is silent', () => {
    const cluster = booted();
    expect(cluster.inject({ kind: 'KubeletStop', node: 'n1' })).toBeUndefined();
    cluster.runFor(60_000);
    later(cluster, 5, pod('ghost', `{nodeName: n9, ${NGINX}}`) + pod('silent', `{nodeName: n1, ${NGINX}}`));
    expect(waits(cluster, 'pod/ghost')).toEqual(['node/n9, which does not exist']);
    expect(waits(cluster, 'pod/silent')).toEqual([
      expect.stringMatching(/^the kubelet of n1: it was last heard of \d+s ago -> kubectl describe node n1$/),
    ]);
  });

  it('is an image that cannot be pulled, with what the pull was answered', () => {
    const cluster = later(booted(), 20, pod('p', '{containers: [{name: c, image: "nginx:1.99.99"}]}'));
    expect(waits(cluster, 'pod/p')).toEqual([
      expect.stringMatching(
        /^image nginx:1\.99\.99 of container c, which cannot be pulled: Failed to pull image "nginx:1\.99\.99": .*not found/,
      ),
    ]);
  });

  it('is a container that keeps failing, with the command that shows its last words', () => {
    const spec = '{containers: [{name: c, image: "busybox:1.36", command: [sh, -c, "exit 3"]}]}';
    expect(waits(later(booted(), 40, pod('p', spec)), 'pod/p')).toEqual([
      expect.stringMatching(
        /^container c to be started again: it ended with exit code 3 \(Error\) and has been restarted [23] times; .* -> kubectl logs p --previous$/,
      ),
    ]);
  });

  it('is a ConfigMap that is missing, for its environment or its volume', () => {
    const cluster = booted();
    const env = 'env: [{name: A, valueFrom: {configMapKeyRef: {name: nope, key: a}}}]';
    later(cluster, 1, pod('env', `{containers: [{name: c, image: "busybox:1.36", command: [env], ${env}}]}`));
    later(cluster, 20, pod('mount', MOUNT));
    expect(waits(cluster, 'pod/env')).toEqual([
      'container c to start: CreateContainerConfigError: configmap "nope" not found',
    ]);
    expect(waits(cluster, 'pod/mount')).toEqual([
      'container c to start: FailedMount: MountVolume.SetUp failed for volume "v" : configmap "nope" not found',
    ]);
  });

  it('is an init container, and what that one waits for', () => {
    const init = 'initContainers: [{name: first, image: "busybox:1.36", command: [sh, -c, "exit 1"]}]';
    expect(waits(later(booted(), 30, pod('p', `{${init}, ${NGINX}}`)), 'pod/p')).toEqual([
      expect.stringMatching(
        /^init container first to end: container first to be started again: it ended with exit code 1 .* -> kubectl logs p -c first$/,
      ),
    ]);
  });

  it('is a probe that fails, with what it was answered', () => {
    const spec =
      '{containers: [{name: c, image: "nginx:1.27", readinessProbe: {httpGet: {path: /nowhere, port: 80}, periodSeconds: 2}}]}';
    expect(waits(later(booted(), 20, pod('p', spec)), 'pod/p')).toEqual([
      'container c to be ready: Readiness probe failed: HTTP probe failed with statuscode: 404',
    ]);
  });

  it('is a condition that somebody else must set', () => {
    const spec = `{readinessGates: [{conditionType: example.com/ok}], ${NGINX}}`;
    expect(waits(later(booted(), 10, pod('p', spec)), 'pod/p')).toEqual([
      'its readiness gate: condition example.com/ok is not True',
    ]);
  });

  it('is nothing any more when it has failed and is not started again', () => {
    const spec =
      '{restartPolicy: Never, containers: [{name: c, image: "busybox:1.36", command: [sh, -c, "exit 4"]}]}';
    expect(waits(later(booted(), 10, pod('p', spec)), 'pod/p')).toEqual([
      'nothing any more: it has failed',
      'nothing: container c has ended with exit code 4 and is not started again (restartPolicy Never) -> kubectl logs p',
    ]);
  });

  it('is its containers or its finalizers when it ends', () => {
    const cluster = later(booted(), 10, pod('p', `{terminationGracePeriodSeconds: 20, ${SLEEP}}`));
    const client = cluster.client('test');
    const kind = kindByName('pods');
    if (kind === undefined) throw new Error('no pods');
    client.delete(kind, 'p', 'default');
    cluster.runFor(2000);
    expect(waits(cluster, 'pod/p')).toEqual(['its containers to end: they have 20 s from the deletion on']);
  });
});

describe('what storage waits for', () => {
  const claim = (name: string, spec: string): string =>
    `{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: ${name}, namespace: default}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}${spec}}}\n---\n`;

  it('is a class, a pod, or a volume (claim)', () => {
    const cluster = later(
      booted(),
      10,
      claim('lost', ', storageClassName: nope') +
        claim('idle', '') +
        claim('static', ', storageClassName: ""'),
    );
    expect(waits(cluster, 'pvc/lost')).toEqual([
      'StorageClass nope, which does not exist -> kubectl get storageclass',
    ]);
    expect(waits(cluster, 'pvc/idle')).toEqual([
      'a pod that uses it (StorageClass standard binds WaitForFirstConsumer)',
    ]);
    expect(waits(cluster, 'pvc/static')).toEqual([
      expect.stringMatching(/^a PersistentVolume that fits: no persistent volumes available/),
    ]);
  });

  it('is the claim of a pod, and what that one waits for', () => {
    const volumes = 'volumes: [{name: v, persistentVolumeClaim: {claimName: lost}}]';
    const cluster = later(
      booted(),
      5,
      claim('lost', ', storageClassName: nope') + pod('p', `{${volumes}, ${NGINX}}`),
    );
    expect(waits(cluster, 'pod/p').at(-1)).toBe(
      'persistentvolumeclaim/lost, which waits for StorageClass nope, which does not exist -> kubectl describe pvc lost',
    );
  });

  it('is somebody who clears a volume that was released (volume)', () => {
    const cluster = later(
      booted(),
      5,
      `${claim('c', ', storageClassName: ""')}{apiVersion: v1, kind: PersistentVolume, metadata: {name: v}, spec: {capacity: {storage: 1Gi}, accessModes: [ReadWriteOnce], persistentVolumeReclaimPolicy: Retain, hostPath: {path: /data}}}`,
    );
    const kind = kindByName('pvc');
    if (kind === undefined) throw new Error('no claims');
    cluster.runFor(20_000);
    cluster.client('test').delete(kind, 'c', 'default');
    cluster.runFor(20_000);
    expect(waits(cluster, 'pv/v')).toEqual([
      'somebody to delete it or to remove spec.claimRef: its claim is gone and its reclaim policy is Retain',
    ]);
  });
});

const template = (image: string, more = ''): string =>
  `selector: {matchLabels: {app: x}}, template: {metadata: {labels: {app: x}}, spec: {containers: [{name: c, image: "${image}"${more}}]}}`;
const workload = (kind: string, spec: string): string =>
  `{apiVersion: apps/v1, kind: ${kind}, metadata: {name: x, namespace: default}, spec: {${spec}}}`;

describe('what a workload waits for', () => {
  it('is its newest pods, the first with its own cause, and the old ones (deployment)', () => {
    const cluster = withWeb(2);
    const kind = kindByName('deployments');
    if (kind === undefined) throw new Error('no deployments');
    const current = cluster.get(kind, 'default', 'web');
    if (current === undefined) throw new Error('no web');
    const { spec } = webDeployment(2, 'nginx:1.99.99');
    cluster.client('test').update(kind, { ...current, spec } as never);
    cluster.runFor(20_000);
    expect(waits(cluster, 'deploy/web')).toEqual([
      expect.stringMatching(
        /^pod\/web-\S+, which waits for image nginx:1\.99\.99 of container nginx, which cannot/,
      ),
      '2 pods of the old template to be replaced',
    ]);
  });

  it('is a quota that refuses its pods (replicas)', () => {
    const quota =
      '{apiVersion: v1, kind: ResourceQuota, metadata: {name: q, namespace: default}, spec: {hard: {pods: "1"}}}\n---\n';
    const cluster = booted();
    later(cluster, 2, quota);
    later(cluster, 10, workload('ReplicaSet', `replicas: 2, ${template('nginx:1.27')}`));
    expect(waits(cluster, 'rs/x')).toEqual([
      'pods to be made: there are 1 of 2',
      expect.stringMatching(
        /^condition FailedCreate to be better: Error creating: pods "x-\w+" is forbidden: exceeded quota: q/,
      ),
    ]);
  });

  it('is a controller that is down', () => {
    const cluster = booted();
    cluster.inject({ kind: 'ComponentStop', component: 'kube-controller-manager' });
    cluster.runFor(30_000);
    later(cluster, 5, workload('Deployment', `replicas: 1, ${template('nginx:1.27')}`));
    expect(waits(cluster, 'deploy/x')).toEqual([
      'its controller to see generation 1 (it has seen 0)',
      expect.stringMatching(/^kube-controller-manager to work: it was last heard of/),
    ]);
  });

  it('is the pod before, of a set in order (statefulset)', () => {
    const cluster = later(booted(), 20, workload('StatefulSet', `replicas: 2, ${template('nginx:1.99.99')}`));
    expect(waits(cluster, 'sts/x')[0]).toBe(
      'pod x-0 to be ready before x-1 is made (podManagementPolicy OrderedReady)',
    );
  });

  it('is an eligible node (daemonset)', () => {
    const spec = `selector: {matchLabels: {app: x}}, template: {metadata: {labels: {app: x}}, spec: {nodeSelector: {no: such}, ${NGINX}}}`;
    expect(waits(later(booted(), 5, workload('DaemonSet', spec)), 'ds/x')).toEqual([
      'a node that its pods may run on: none is eligible -> kubectl get nodes',
    ]);
  });

  it('is the next attempt, or nothing once it has failed for good (job)', () => {
    const job = (limit: number): string =>
      `{apiVersion: batch/v1, kind: Job, metadata: {name: j${limit}, namespace: default}, spec: {backoffLimit: ${limit}, template: {spec: {restartPolicy: Never, containers: [{name: c, image: "busybox:1.36", command: [sh, -c, "exit 1"]}]}}}}\n---\n`;
    const cluster = later(booted(), 25, job(0) + job(6));
    expect(waits(cluster, 'job/j0')).toEqual([
      'nothing any more: it has failed, BackoffLimitExceeded: Job has reached the specified backoff limit',
    ]);
    expect(waits(cluster, 'job/j6')).toEqual([
      expect.stringMatching(/^its next attempt: (?:1 pod has|2 pods have) failed, of 6 it may lose/),
    ]);
  });

  it('is its next time (cronjob)', () => {
    const spec =
      'schedule: "0 3 * * *", jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: c, image: "busybox:1.36"}]}}}}';
    const cluster = later(
      booted(),
      5,
      `{apiVersion: batch/v1, kind: CronJob, metadata: {name: c, namespace: default}, spec: {${spec}}}`,
    );
    expect(waits(cluster, 'cj/c')).toEqual([
      expect.stringMatching(/^its next time, \d{4}-\d\d-\d\dT03:00:00Z$/),
    ]);
  });

  it('is metrics that nobody serves (autoscaler)', () => {
    const target = 'scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}';
    const cluster = later(
      withWeb(1),
      40,
      `{apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: {name: h, namespace: default}, spec: {${target}, maxReplicas: 3, metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 50}}}]}}`,
    );
    expect(waits(cluster, 'hpa/h')).toEqual([
      expect.stringMatching(/^condition ScalingActive to be better, FailedGetResourceMetric: /),
    ]);
  });

  it('is more healthy pods (budget)', () => {
    const budget = (name: string, spec: string): string =>
      `{apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {name: ${name}, namespace: default}, spec: {${spec}}}\n---\n`;
    const cluster = later(
      withWeb(1),
      5,
      budget('b', 'minAvailable: 3, selector: {matchLabels: {app: web}}') +
        budget('empty', 'minAvailable: 1, selector: {matchLabels: {app: nobody}}'),
    );
    expect(waits(cluster, 'pdb/b')).toEqual(['more healthy pods: there are 1, it wants 3']);
    expect(waits(cluster, 'pdb/empty')).toEqual(['pods that it selects: there are none']);
  });
});

describe('what the network waits for', () => {
  const service = (name: string, spec: string): string =>
    `{apiVersion: v1, kind: Service, metadata: {name: ${name}, namespace: default}, spec: {ports: [{port: 80, targetPort: http}], ${spec}}}\n---\n`;

  it('is pods, a port of them, or a load balancer (service)', () => {
    const cluster = later(
      withWeb(1),
      10,
      service('typo', 'selector: {app: wbe}') +
        service('port', 'selector: {app: web}') +
        service('bare', 'clusterIP: None') +
        `{apiVersion: v1, kind: Service, metadata: {name: lb, namespace: default}, spec: {type: LoadBalancer, ports: [{port: 80}], selector: {app: web}}}`,
    );
    expect(waits(cluster, 'svc/typo')).toEqual([
      'pods that match its selector app=wbe: there are none -> kubectl get pods --show-labels',
    ]);
    expect(waits(cluster, 'svc/port')).toEqual(['a container port named http in its pods: none has one']);
    expect(waits(cluster, 'svc/bare')).toEqual(['endpoints that somebody writes: it has no selector']);
    expect(waits(cluster, 'svc/lb')).toEqual([expect.stringMatching(/^a load balancer: /)]);
    expect(waits(cluster, 'svc/web')).toEqual([]);
  });

  it('is a class, and backends that exist and answer (ingress)', () => {
    const path = (name: string): string =>
      `{path: /${name}, pathType: Prefix, backend: {service: {name: ${name}, port: {number: 80}}}}`;
    const cluster = later(
      withWeb(1),
      5,
      `${service('empty', 'selector: {app: nobody}')}{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: i, namespace: default}, spec: {rules: [{http: {paths: [${['web', 'empty', 'ghost'].map(path).join(', ')}]}}]}}`,
    );
    expect(waits(cluster, 'ing/i')).toEqual([
      'an IngressClass: it names none and there is no default one -> kubectl get ingressclass',
      'its backend empty: it has no ready endpoints -> kubectl describe service empty',
      'service/ghost, which does not exist',
    ]);
  });

  it('is pods that it selects (networkpolicy)', () => {
    const cluster = later(
      booted(),
      1,
      '{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: n, namespace: default}, spec: {podSelector: {matchLabels: {a: b}}, policyTypes: [Ingress]}}',
    );
    expect(waits(cluster, 'netpol/n')).toEqual([
      'pods that it selects: there are none -> kubectl get pods --show-labels',
    ]);
  });
});

describe('what nodes, namespaces and bindings wait for', () => {
  it('is a kubelet, or somebody who lifts the cordon (node)', () => {
    const cluster = booted();
    cluster.inject({ kind: 'KubeletStop', node: 'n1' });
    cluster.runFor(60_000);
    expect(waits(cluster, 'node/n1')).toEqual([
      expect.stringMatching(
        /^the kubelet of n1: it was last heard of \d+s ago -> ssh n1 systemctl status kubelet$/,
      ),
    ]);
    expect(waits(cluster, 'node/n2')).toEqual([]);
  });

  it('is what is left in it, in the words of its controller (namespace)', () => {
    const cluster = later(
      booted(),
      2,
      '{apiVersion: v1, kind: Namespace, metadata: {name: old}}\n---\n{apiVersion: v1, kind: ConfigMap, metadata: {name: stuck, namespace: old, finalizers: [example.com/hold]}}',
    );
    const kind = kindByName('namespaces');
    if (kind === undefined) throw new Error('no namespaces');
    cluster.client('test').delete(kind, 'old', '');
    cluster.runFor(20_000);
    expect(waits(cluster, 'ns/old').join('\n')).toMatch(
      /configmaps\. has 1 resource instances[\s\S]*example\.com\/hold in 1 resource instances/,
    );
    expect(waits(cluster, 'cm/stuck', 'old')).toEqual(['its finalizers to be removed: example.com/hold']);
  });

  it('is a role and accounts that nobody checks for (binding)', () => {
    const cluster = later(
      booted(),
      1,
      '{apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: b, namespace: default}, roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: ghost}, subjects: [{kind: ServiceAccount, name: nobody, namespace: default}]}',
    );
    expect(waits(cluster, 'rolebinding/b')).toEqual([
      'role/ghost, which does not exist',
      'serviceaccount/nobody, which does not exist',
    ]);
  });
});
