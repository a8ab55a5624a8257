import { describe, expect, it } from 'vitest';
import { formatProbe } from '../../../src/kubectl/describe/containers.ts';
import { Bench } from '../harness.ts';

describe('kubectl describe', () => {
  it('describes a pod as upstream lays it out', () => {
    const b = new Bench();
    b.put({
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'default', namespace: 'default' },
      automountServiceAccountToken: false,
    });
    const pod = b.put({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name: 'web',
        namespace: 'default',
        labels: { app: 'web', tier: 'front' },
        annotations: { note: 'hello' },
      },
      spec: {
        containers: [
          {
            name: 'web',
            image: 'nginx:1.27',
            command: ['sh', '-c', 'nginx'],
            ports: [{ containerPort: 80 }],
            env: [
              { name: 'COLOR', value: 'blue' },
              { name: 'SECRET', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } },
              { name: 'ME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
            ],
            resources: { limits: { memory: '128Mi', cpu: '500m' }, requests: { cpu: '250m' } },
            readinessProbe: { httpGet: { path: '/healthz', port: 8080 } },
            volumeMounts: [{ name: 'data', mountPath: '/data', readOnly: true }],
          },
        ],
        volumes: [{ name: 'data', emptyDir: {} }],
        nodeSelector: { disk: 'ssd' },
      },
    });
    b.put({
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: 'web.1', namespace: 'default' },
      involvedObject: {
        kind: 'Pod',
        name: 'web',
        namespace: 'default',
        uid: pod.metadata.uid,
        fieldPath: 'spec.containers{web}',
      },
      reason: 'Created',
      message: 'Container created',
      source: { component: 'kubelet', host: 'n1' },
      type: 'Normal',
      firstTimestamp: '2026-01-05T00:00:01Z',
      lastTimestamp: '2026-01-05T00:00:05Z',
      count: 4,
    });
    expect(b.run('describe pod web').out).toBe(`Name:             web
Namespace:        default
Priority:         0
Service Account:  default
Node:             <none>
Labels:           app=web
                  tier=front
Annotations:      note: hello
Status:           Pending
IP:               
IPs:              <none>
Containers:
  web:
    Image:      nginx:1.27
    Port:       80/TCP
    Host Port:  0/TCP
    Command:
      sh
      -c
      nginx
    Limits:
      cpu:     500m
      memory:  128Mi
    Requests:
      cpu:      250m
      memory:   128Mi
    Readiness:  http-get http://:8080/healthz delay=0s timeout=1s period=10s #success=1 #failure=3
    Environment:
      COLOR:   blue
      SECRET:  <set to the key 'k' in secret 's'>  Optional: false
      ME:      web (v1:metadata.name)
    Mounts:
      /data from data (ro)
Volumes:
  data:
    Type:        EmptyDir (a temporary directory that shares a pod's lifetime)
    Medium:      
    SizeLimit:   <unset>
QoS Class:       Burstable
Node-Selectors:  disk=ssd
Tolerations:     node.kubernetes.io/not-ready:NoExecute op=Exists for 300s
                 node.kubernetes.io/unreachable:NoExecute op=Exists for 300s
Events:
  Type    Reason   Age              From     Message
  ----    ------   ----             ----     -------
  Normal  Created  0s (x4 over 4s)  kubelet  spec.containers{web}: Container created
`);
  });

  it.each([
    [
      {
        httpGet: { path: '/healthz', port: 8080 },
        timeoutSeconds: 1,
        periodSeconds: 10,
        successThreshold: 1,
        failureThreshold: 3,
      },
      'http-get http://:8080/healthz delay=0s timeout=1s period=10s #success=1 #failure=3',
    ],
    [
      { tcpSocket: { port: 'http' }, initialDelaySeconds: 5 },
      'tcp-socket :http delay=5s timeout=0s period=0s #success=0 #failure=0',
    ],
    [
      { exec: { command: ['cat', '/x'] } },
      'exec [cat /x] delay=0s timeout=0s period=0s #success=0 #failure=0',
    ],
  ])('prints the probe %j', (probe, text) => {
    expect(formatProbe(probe)).toBe(text);
  });

  it.each([
    [
      'a secret by sizes',
      'create secret generic x --from-literal=a=four',
      'describe secret x',
      'Name:         x\nNamespace:    default\nLabels:       <none>\nAnnotations:  <none>\n\nType:  Opaque\n\nData\n====\na:  4 bytes\n',
    ],
    [
      'a configmap',
      'create configmap x --from-literal=a=b',
      'describe cm x',
      'Name:         x\nNamespace:    default\nLabels:       <none>\nAnnotations:  <none>\n\nData\n====\na:\n----\nb\n\n\nBinaryData\n====\n\nEvents:  <none>\n',
    ],
    [
      'a namespace',
      'create ns x',
      'describe ns x',
      'Name:         x\nLabels:       kubernetes.io/metadata.name=x\nAnnotations:  <none>\nStatus:       Active\n\nNo resource quota.\n\nNo LimitRange resource.\n',
    ],
  ])('describes %s', (_, make, line, out) => {
    const b = new Bench();
    b.run(make);
    expect(b.run(line)).toEqual({ out, err: '', code: 0 });
  });

  it('describes a deployment', () => {
    const b = new Bench();
    b.run('create deployment web --image=nginx --replicas=3');
    expect(b.run('describe deployment web').out).toContain(`Selector:               app=web
Replicas:               3 desired | 0 updated | 0 total | 0 available | 0 unavailable
StrategyType:           RollingUpdate
MinReadySeconds:        0
RollingUpdateStrategy:  25% max unavailable, 25% max surge
Pod Template:
  Labels:  app=web
  Containers:
   nginx:
    Image:         nginx
    Port:          <none>
    Host Port:     <none>
    Environment:   <none>
    Mounts:        <none>
  Volumes:         <none>
  Node-Selectors:  <none>
  Tolerations:     <none>
Events:            <none>
`);
  });

  it.each(['daemonset', 'endpoints', 'node', 'replicaset', 'service', 'lease'])(
    'knows what a %s is',
    (kind) => {
      expect(new Bench().run(`describe ${kind} nothing`).err).toMatch(/"nothing" not found\n$/);
    },
  );

  it('takes the beginning of a name', () => {
    const b = new Bench();
    b.run('create configmap web-1');
    b.run('create configmap web-2');
    const { out } = b.run('describe cm web');
    expect(out.match(/^Name: /gm)).toHaveLength(2);
    expect(b.run('describe cm other').err).toBe(
      'Error from server (NotFound): configmaps "other" not found\n',
    );
  });
});
