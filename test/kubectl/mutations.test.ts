import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseManifests } from '../../src/apimachinery/yaml.ts';
import { Bench } from './harness.ts';

const POD = `
containers:
- name: main
  image: nginx:1.27
  command: [sh, -c]
  args: [sleep 1]
  ports: [{containerPort: 80, name: http, hostPort: 80, protocol: TCP}]
  env:
  - {name: A, value: b}
  - {name: B, valueFrom: {configMapKeyRef: {name: c, key: k, optional: true}}}
  - {name: C, valueFrom: {fieldRef: {fieldPath: spec.nodeName}}}
  - {name: D, valueFrom: {resourceFieldRef: {resource: limits.cpu, divisor: 1m}}}
  envFrom: [{prefix: P_, secretRef: {name: s}}]
  resources: {requests: {cpu: 250m, memory: 64Mi}, limits: {cpu: 500m, memory: 128Mi}}
  livenessProbe: {httpGet: {path: /, port: http, httpHeaders: [{name: X, value: y}]}, periodSeconds: 3}
  readinessProbe: {tcpSocket: {port: 80}}
  startupProbe: {grpc: {port: 80}, failureThreshold: 30}
  lifecycle: {postStart: {exec: {command: [ls]}}, preStop: {sleep: {seconds: 1}}}
  volumeMounts: [{name: cfg, mountPath: /cfg, subPath: a}, {name: all, mountPath: /all, readOnly: true}]
  securityContext: {runAsUser: 1, capabilities: {add: [NET_ADMIN]}}
initContainers:
- {name: side, image: busybox, restartPolicy: Always}
volumes:
- {name: cfg, configMap: {name: c, items: [{key: a, path: b, mode: 256}]}}
- {name: all, projected: {sources: [{secret: {name: s}}, {downwardAPI: {items: [{path: l, fieldRef: {fieldPath: metadata.labels}}]}}]}}
- {name: tmp, emptyDir: {medium: Memory, sizeLimit: 1Gi}}
- {name: host, hostPath: {path: /x, type: Directory}}
affinity:
  nodeAffinity:
    requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [{key: a, operator: In, values: [b]}]}]}
    preferredDuringSchedulingIgnoredDuringExecution: [{weight: 1, preference: {matchFields: [{key: metadata.name, operator: In, values: [n]}]}}]
  podAntiAffinity:
    requiredDuringSchedulingIgnoredDuringExecution: [{labelSelector: {matchLabels: {app: web}}, topologyKey: kubernetes.io/hostname}]
topologySpreadConstraints: [{maxSkew: 1, topologyKey: zone, whenUnsatisfiable: DoNotSchedule, labelSelector: {matchLabels: {app: web}}}]
tolerations: [{key: a, operator: Equal, value: b, effect: NoExecute, tolerationSeconds: 5}]
nodeSelector: {disk: ssd}
terminationGracePeriodSeconds: 5
restartPolicy: Always
hostAliases: [{ip: 1.2.3.4, hostnames: [a.b]}]
dnsConfig: {nameservers: [1.1.1.1], options: [{name: ndots, value: "2"}]}
imagePullSecrets: [{name: s}]
`;
const indented = POD.trim().replaceAll('\n', '\n      ');

const VALID: Readonly<Record<string, string>> = {
  Pod: `apiVersion: v1\nkind: Pod\nmetadata:\n  name: x\n  labels: {app: web}\nspec:\n      ${indented}\n`,
  Deployment: `apiVersion: apps/v1
kind: Deployment
metadata: {name: x, annotations: {a: b}, finalizers: [example.com/x], ownerReferences: [{apiVersion: v1, kind: Pod, name: p, uid: u, controller: true}]}
spec:
  replicas: 2
  revisionHistoryLimit: 3
  selector: {matchLabels: {app: web}, matchExpressions: [{key: app, operator: Exists}]}
  strategy: {type: RollingUpdate, rollingUpdate: {maxSurge: 25%, maxUnavailable: 1}}
  template:
    metadata: {labels: {app: web}}
    spec:
      ${indented}
`,
  DaemonSet: `apiVersion: apps/v1
kind: DaemonSet
metadata: {name: x}
spec:
  selector: {matchLabels: {app: web}}
  updateStrategy: {type: RollingUpdate, rollingUpdate: {maxUnavailable: 1}}
  template: {metadata: {labels: {app: web}}, spec: {containers: [{name: a, image: b}]}}
`,
  Service: `apiVersion: v1
kind: Service
metadata: {name: x}
spec:
  type: LoadBalancer
  selector: {app: web}
  sessionAffinity: ClientIP
  sessionAffinityConfig: {clientIP: {timeoutSeconds: 5}}
  externalTrafficPolicy: Local
  loadBalancerSourceRanges: [10.0.0.0/8]
  externalIPs: [1.2.3.4]
  ipFamilies: [IPv4]
  ports: [{name: a, port: 80, targetPort: http, nodePort: 30080}, {name: b, port: 53, protocol: UDP}]
`,
  EndpointSlice: `apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: x, labels: {kubernetes.io/service-name: x}}
addressType: IPv4
ports: [{name: a, port: 80, protocol: TCP}]
endpoints: [{addresses: [1.2.3.4], conditions: {ready: true}, hints: {forZones: [{name: z}]}, targetRef: {kind: Pod, name: p}}]
`,
  Secret:
    'apiVersion: v1\nkind: Secret\nmetadata: {name: x}\ntype: Opaque\ndata: {a: YQ==}\nstringData: {b: c}\n',
  Node: `apiVersion: v1
kind: Node
metadata: {name: x, labels: {a: b}}
spec: {unschedulable: true, podCIDR: 10.0.0.0/24, podCIDRs: [10.0.0.0/24], taints: [{key: a, value: b, effect: NoSchedule}]}
status: {capacity: {cpu: "4", memory: 8Gi, pods: "110"}, conditions: [{type: Ready, status: "True"}], addresses: [{type: InternalIP, address: 1.1.1.1}]}
`,
};

const ODD: readonly unknown[] = [
  null,
  '',
  ' ',
  'a',
  'A_b',
  '-1',
  '5',
  '1Gi',
  '25%',
  '/',
  '..',
  'a/b',
  '::1',
  '1.2.3.4',
  '10.0.0.0/8',
  '\u0000',
  'x'.repeat(300),
  'metadata.labels',
  0,
  1,
  -1,
  80,
  1.5,
  70_000,
  2 ** 31,
  2 ** 53,
  1e300,
  true,
  false,
  [],
  [null],
  [[]],
  ['a'],
  [0],
  [{}],
  {},
  { a: null },
  { name: 'main' },
  { a: { b: [] } },
];

/** Every place of a value, as a path. */
function places(value: unknown, path: readonly (string | number)[] = []): (readonly (string | number)[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  const inner = Array.isArray(value) ? value.map((v, i) => [i, v] as const) : Object.entries(value);
  return [path, ...inner.flatMap(([key, v]) => places(v, [...path, key]))];
}

function put(
  value: unknown,
  [key, ...rest]: readonly (string | number)[],
  change: (old: unknown) => unknown,
): unknown {
  if (key === undefined) return change(value);
  if (Array.isArray(value)) return value.map((v, i) => (i === key ? put(v, rest, change) : v));
  return { ...(value as object), [key]: put((value as Record<string, unknown>)[key], rest, change) };
}

describe('a valid manifest with a value or two changed', () => {
  test.each(Object.entries(VALID))(
    '%s is taken and comes back the same, or is refused with a reason',
    (kind, text) => {
      const [doc] = parseManifests(text).docs;
      const paths = places(doc?.value).filter(
        (path) => path.length > 0 && !['apiVersion', 'kind'].includes(String(path[0])),
      );
      const change = fc.record({
        path: fc.constantFrom(...paths),
        value: fc.constantFrom(...ODD, undefined),
        twice: fc.boolean(),
      });
      fc.assert(
        fc.property(fc.array(change, { maxLength: 2 }), change, (first, second) => {
          const changed = (from: unknown, changes: readonly (typeof second)[]): string =>
            JSON.stringify(
              changes.reduce((object, { path, value, twice }) => {
                try {
                  return put(object, path, (old) => (Array.isArray(old) && twice ? [...old, ...old] : value));
                } catch {
                  return object;
                }
              }, from),
            );
          const b = new Bench();
          b.put({
            apiVersion: 'v1',
            kind: 'ServiceAccount',
            metadata: { name: 'default', namespace: 'default' },
          });
          b.files.write('x.json', changed(doc?.value, first));
          b.files.write('y.json', changed(doc?.value, [...first, second]));
          const check = (line: string): boolean => {
            const { code, err } = b.run(line, 1);
            if (code === undefined) throw new Error(`${line} goes on`);
            if (code > 2 || (code !== 0 && err === '' && !line.startsWith('diff')))
              throw new Error(`${line}: ${code}`);
            return code === 0;
          };
          const created = check('apply -f x.json');
          check('describe -f x.json');
          check('get -f x.json -o wide');
          if (created) {
            const { out } = b.run('get -f x.json -o yaml');
            b.files.write('back.yaml', out);
            expect(b.run('replace -f back.yaml').err).toBe('');
            expect(b.run('get -f x.json -o yaml').out).toBe(out);
            // stringData, and what the server adds to a list, is applied anew each time, upstream too.
            if (first.length === 0 && !['Secret', 'Node'].includes(kind))
              expect(b.run('apply -f x.json').out).toMatch(/ unchanged\n$/);
          }
          check('diff -f y.json');
          check('apply -f y.json');
          check('apply -f y.json --dry-run=server -o json');
          check('replace -f y.json');
          check('describe -f y.json');
        }),
        { numRuns: 15, seed: 1 },
      );
    },
  );
});
