import type { Drawing } from './drawing.ts';
import type { Step } from './plan.ts';

/** One way in which things break: what happens and, after a while, its end. */
export interface FaultDraw {
  readonly name: string;
  draw(drawing: Drawing, at: number, length: number): readonly Step[];
}

type Fault = Readonly<Record<string, unknown>>;

const STATIC = ['etcd', 'kube-apiserver', 'kube-scheduler', 'kube-controller-manager'] as const;
const ON_NODES = ['kubelet', 'kube-proxy', 'coredns'] as const;

function step(at: number, fault: Fault): Step {
  return { at, action: { do: 'fault', fault } };
}

function component({ random, nodes }: Drawing): Fault {
  if (random.chance(0.6)) return { component: random.pick(STATIC) };
  return { component: random.pick(ON_NODES), node: random.pick(nodes) };
}

function node({ random, nodes, controlPlanes }: Drawing): string {
  return random.pick(random.chance(0.1) ? controlPlanes : nodes) ?? 'n1';
}

/** A fault that is undone after a drawn time, if that is still before everything is mended. */
function during(
  broken: string,
  mended: string,
  target: (drawing: Drawing) => Fault,
): (drawing: Drawing, at: number, length: number) => readonly Step[] {
  return (drawing, at, length) => {
    const fault = target(drawing);
    const end = at + (drawing.random.pick([500, 5_000, 30_000, 60_000, 200_000, length]) ?? 0);
    const steps = [step(at, { kind: broken, ...fault })];
    const { oneWay: _o, latency: _l, loss: _s, memory: _m, disk: _d, pids: _p, ...healed } = fault;
    return end < length ? [...steps, step(end, { kind: mended, ...healed })] : steps;
  };
}

/** How a cluster is broken. A new fault is a new entry. */
export const faultKinds: readonly FaultDraw[] = [
  {
    name: 'ComponentKill',
    draw: (drawing, at) => [step(at, { kind: 'ComponentKill', ...component(drawing) })],
  },
  { name: 'ComponentPause', draw: during('ComponentPause', 'ComponentResume', component) },
  { name: 'ComponentStop', draw: during('ComponentStop', 'ComponentStart', component) },
  {
    name: 'bounce',
    // Out of service and back while it is still ending.
    draw({ random }, at) {
      const fault = { component: random.pick(STATIC) };
      const back = at + random.between(200, 8_000);
      return [
        step(at, { kind: 'ComponentStop', ...fault }),
        step(back, { kind: 'ComponentStart', ...fault }),
      ];
    },
  },
  {
    name: 'kubelets restart',
    draw: ({ random, nodes }, at) =>
      random
        .shuffle(nodes)
        .slice(0, 3)
        .map((node, i) => step(at + i * 50, { kind: 'ComponentKill', component: 'kubelet', node })),
  },
  { name: 'NodeDown', draw: during('NodeDown', 'NodeUp', (drawing) => ({ node: node(drawing) })) },
  { name: 'NetworkCut', draw: during('NetworkCut', 'NetworkHeal', (drawing) => ({ node: node(drawing) })) },
  {
    name: 'LinkCut',
    draw: during('LinkCut', 'LinkHeal', (drawing) => {
      const { controlPlanes, nodes } = drawing;
      const [from = 'n1', to = 'n2'] = drawing.random.shuffle([...controlPlanes, ...nodes]);
      return { node: from, to, oneWay: drawing.random.chance(0.5) };
    }),
  },
  {
    name: 'ApiErrors',
    draw({ random }, at, length) {
      const code = random.pick([409, 429, 500, 503, 504, 'timeout']);
      const percent = random.pick([5, 20, 50, 90]);
      const resource = random.pick([undefined, undefined, 'pods', 'replicasets', 'endpointslices', 'leases']);
      const user = random.pick([undefined, 'system:kube-scheduler', 'system:kube-controller-manager']);
      const fault = {
        code,
        percent,
        ...(resource === undefined ? {} : { resource }),
        ...(user === undefined ? {} : { user }),
      };
      const end = at + (random.pick([1_000, 10_000, 60_000]) ?? 0);
      return [
        step(at, { kind: 'ApiErrors', ...fault }),
        ...(end < length ? [step(end, { kind: 'ApiRecover' })] : []),
      ];
    },
  },
  {
    name: 'WatchDrop',
    draw({ random }, at) {
      const resource = random.pick([undefined, 'pods', 'nodes', 'replicasets', 'services']);
      const drop = { kind: 'WatchDrop', ...(resource === undefined ? {} : { resource }) };
      // Compacted right after, who comes back finds that its revision is gone.
      return [step(at, drop), ...(random.chance(0.5) ? [step(at + 100, { kind: 'EtcdCompact' })] : [])];
    },
  },
  { name: 'EtcdCompact', draw: (_, at) => [step(at, { kind: 'EtcdCompact' })] },
  {
    name: 'RegistryDown',
    draw: during('RegistryDown', 'RegistryUp', () => ({ host: 'docker.io' })),
  },
  { name: 'StorageDown', draw: during('StorageDown', 'StorageUp', () => ({})) },
  {
    name: 'NetworkPluginDown',
    draw: during('NetworkPluginDown', 'NetworkPluginUp', ({ random, nodes }) => ({
      node: random.pick(nodes) ?? 'n1',
    })),
  },
  {
    name: 'EtcdSlow',
    draw({ random }, at, length) {
      const latency = random.pick([50, 500, 1_500, 8_000]) ?? 50;
      const end = at + (random.pick([2_000, 20_000, 60_000]) ?? 0);
      return [
        step(at, { kind: 'EtcdSlow', latency }),
        ...(end < length ? [step(end, { kind: 'EtcdSlow', latency: 0 })] : []),
      ];
    },
  },
  { name: 'EtcdFull', draw: during('EtcdFull', 'EtcdFree', () => ({})) },
  {
    name: 'ClockSkew',
    draw: (drawing, at) => [
      step(at, {
        kind: 'ClockSkew',
        node: node(drawing),
        seconds: drawing.random.pick([-7_200, -30, -1, 1, 45, 3_600, 86_400]) ?? 1,
      }),
    ],
  },
  { name: 'DiskFull', draw: during('DiskFull', 'DiskFree', (drawing) => ({ node: node(drawing) })) },
  { name: 'DnsWrong', draw: (_, at) => [step(at, { kind: 'DnsWrong', answer: 'NXDOMAIN' })] },
  {
    name: 'WatchSlow',
    draw({ random }, at, length) {
      const resource = random.pick([undefined, 'pods', 'nodes', 'endpointslices', 'leases']);
      const slow = { kind: 'WatchSlow', ...(resource === undefined ? {} : { resource }) };
      const end = at + (random.pick([2_000, 20_000, 60_000]) ?? 0);
      return [
        step(at, { ...slow, latency: random.pick([200, 3_000, 20_000]) ?? 200 }),
        ...(end < length ? [step(end, { ...slow, latency: 0 })] : []),
      ];
    },
  },
  { name: 'NodeClog', draw: during('NodeClog', 'NodeUnclog', (drawing) => ({ node: node(drawing) })) },
  {
    name: 'swizzle-clog',
    // Cuts a subset of the machines one after the other, then joins them again in another order.
    draw({ random, nodes }, at, length) {
      const chosen = random.shuffle(nodes).slice(0, random.between(1, nodes.length));
      const healAt = at + random.between(5_000, 90_000);
      const cuts = chosen.map((name, i) => step(at + i * 300, { kind: 'NetworkCut', node: name }));
      const heals = random
        .shuffle(chosen)
        .map((name, i) => step(healAt + i * 700, { kind: 'NetworkHeal', node: name }));
      return [...cuts, ...heals.filter((each) => each.at < length)];
    },
  },
  {
    name: 'KubeletStop',
    draw: during('KubeletStop', 'KubeletStart', (drawing) => ({ node: node(drawing) })),
  },
  {
    name: 'NodeAdd',
    draw: (drawing, at) => [
      step(at, { kind: 'NodeAdd', node: drawing.name('more'), cpu: '2', memory: '4Gi' }),
    ],
  },
  {
    name: 'LinkSlow',
    draw: during('LinkSlow', 'LinkHeal', ({ random, controlPlanes, nodes }) => {
      const [from = 'n1', to = 'n2'] = random.shuffle([...controlPlanes, ...nodes]);
      return { node: from, to, latency: random.pick([50, 2_000, 12_000]), loss: random.pick([0, 0.1, 0.5]) };
    }),
  },
  {
    name: 'NodeLoad',
    // Something that is no pod takes the memory, the disk or the process numbers of a machine.
    draw: during('NodeLoad', 'NodeUnload', ({ random, nodes }) => ({
      node: random.pick(nodes) ?? 'n1',
      ...random.pick<Fault>([{ memory: '900Mi' }, { memory: '7900Mi' }, { disk: '92Gi' }, { pids: '32000' }]),
    })),
  },
  {
    name: 'crash between two writes',
    draw: ({ random }, at) => [
      {
        at,
        action: {
          do: 'crash',
          component: random.pick(['kube-controller-manager', 'kube-scheduler'] as const) ?? 'kube-scheduler',
          writes: random.between(1, 12),
        },
      },
    ],
  },
  {
    name: 'double leader',
    // A leader stands still until another one leads, and then goes on with what it was about to do.
    draw({ random, controlPlanes }, at) {
      const fault = {
        component: random.pick(['kube-controller-manager', 'kube-scheduler']),
        node: random.pick(controlPlanes),
      };
      return [
        step(at, { kind: 'ComponentPause', ...fault }),
        step(at + random.between(12_000, 40_000), { kind: 'ComponentResume', ...fault }),
      ];
    },
  },
];
