import { describe, expect, it } from 'vitest';
import { VolumeFiles } from '../../../src/kubelet/files.ts';
import { MachineCpu } from '../../../src/kubelet/runtime/cpu.ts';
import { CpuUse } from '../../../src/kubelet/runtime/cpuuse.ts';
import { type Routine as Noted, Routine, Routines } from '../../../src/kubelet/runtime/routines.ts';
import type { Again, Exchange } from '../../../src/network/types.ts';
import { NO_RESOURCES, read, TestMachine } from './machine.ts';

const PROBE_MS = 500;
/** What is asked, and at which port. */
const IMAGES = [
  ['nginx:1.27', 80],
  ['httpd:2.4', 80],
  ['nginx:1.27', 80],
  ['containous/whoami:v1.5.0', 80],
  ['kodekloud/webapp-color:v1', 8080],
] as const;

/**
 * A machine with five web servers, each asked twice a second by the machine itself: as often as
 * possible by making the last exchange again, or from scratch each time.
 */
class Probed {
  readonly m = new TestMachine();
  readonly pods = IMAGES.map(([image]) => this.m.pod(image));
  /** What came of each request. */
  readonly outcomes: string[] = [];
  /** How many were made again. */
  repeated = 0;
  readonly #short: boolean;
  readonly #again: (Again | undefined)[] = [];

  constructor(short: boolean) {
    this.#short = short;
  }

  ask(pod: number): void {
    if (this.#again[pod]?.make() === true) {
      this.repeated++;
      this.outcomes.push('ok 200');
      return;
    }
    const { fabric, host } = this.m;
    const ip = this.pods[pod]?.network.ip ?? '';
    const message = { protocol: 'http', method: 'GET', path: '/', headers: {}, body: '', host: ip } as const;
    const target = { host: ip, port: IMAGES[pod]?.[1] ?? 0, message };
    const made: Exchange = fabric.request(host.namespace, target, { timeoutMs: 1000, record: false });
    const status = made.reply?.type === 'http' ? made.reply.status : 0;
    this.outcomes.push(`${made.outcome} ${status}`);
    this.#again[pod] = this.#short && status === 200 ? fabric.again(host.namespace, made) : undefined;
  }

  run(times: number): void {
    for (let i = 0; i < times; i++) {
      for (const pod of this.pods.keys()) this.ask(pod);
      this.m.run(PROBE_MS);
    }
  }

  traces(): unknown {
    const { fabric, runtime } = this.m;
    const logs = this.pods.map(({ id }) => {
      const log = runtime.logs(id, { follow: false, timestamps: true });
      return log.ok ? read(log.value).text : log.error;
    });
    return {
      outcomes: this.outcomes,
      logs,
      stats: this.pods.map(({ id }) => runtime.containerStats(id)),
      machine: runtime.machineStats(),
      counters: { ...fabric.counters, byOutcome: { ...fabric.counters.byOutcome } },
    };
  }
}

type Change = (probed: Probed, id: string) => void;

const WRITES = '/usr/share/nginx/html/index.html';

/** What may happen to the first server, or on its machine, while it is asked. */
const CHANGES: Readonly<Record<string, Change>> = {
  'nothing at all': () => undefined,
  'its page is written': ({ m }, id) => void m.sh(id, `echo hello > ${WRITES}`),
  'its page is removed': ({ m }, id) => void m.sh(id, `rm ${WRITES}`),
  'its configuration is read anew': ({ m }, id) =>
    void m.sh(id, 'printf "server { listen 80; return 503; }" > /etc/nginx/conf.d/default.conf; kill -HUP 1'),
  'it is told to read the same configuration': ({ m }, id) => void m.sh(id, 'kill -HUP 1'),
  'it is stopped and goes on': (probed, id) => {
    probed.m.runtime.pauseContainer(id);
    probed.run(3);
    probed.m.runtime.resumeContainer(id);
  },
  'it is killed': ({ m }, id) => void m.runtime.killContainer(id),
  'it prints something else': ({ m, pods }) => {
    m.get(pods[0]?.network.ip ?? '', 80, '/nowhere');
    m.get(pods[2]?.network.ip ?? '', 80, '/');
  },
  'it gets a limit that so many requests at once exceed': (probed, id) => {
    probed.m.runtime.updateContainerResources(id, { ...NO_RESOURCES, cpuLimit: 1 });
    for (let i = 0; i < 30; i++) probed.ask(0);
  },
  'it is flooded': ({ m, pods }) => {
    const message = { protocol: 'http', method: 'GET', path: '/', headers: {}, body: '', host: 'x' } as const;
    const target = { host: pods[0]?.network.ip ?? '', port: 80, message };
    m.fabric.request(m.host.namespace, target, { weight: 30_000 });
  },
  'its neighbour is flooded': ({ m, pods }) => {
    const message = { protocol: 'http', method: 'GET', path: '/', headers: {}, body: '', host: 'x' } as const;
    const target = { host: pods[1]?.network.ip ?? '', port: 80, message };
    m.fabric.request(m.host.namespace, target, { weight: 90_000 });
  },
  'what it uses is looked at': ({ m }, id) => void m.runtime.containerStats(id),
  'what the machine uses is looked at': ({ m }) => void m.runtime.machineStats(),
  'its address is filtered': ({ m, pods }) => {
    m.host.policy = {
      ingress: (name) => ({ allow: name !== pods[0]?.network.name, rule: 'closed' }),
      egress: () => ({ allow: true, rule: 'open' }),
    };
  },
  'its sandbox is stopped': ({ m, pods }) => void m.runtime.stopPodSandbox(pods[0]?.sandbox.id ?? ''),
  'the machine loses power': ({ m }) => void m.runtime.powerOff(),
};

describe('a request that is made again', () => {
  it.each(Object.entries(CHANGES))('leaves the same traces as one from scratch, when %s', (_, change) => {
    const play = (short: boolean): Probed => {
      const probed = new Probed(short);
      probed.run(20);
      change(probed, probed.pods[0]?.id ?? '');
      probed.run(20);
      return probed;
    };
    const short = play(true);
    // All but the first of each before the change, or but one more of each should that be noticed.
    expect(short.repeated).toBeGreaterThanOrEqual(IMAGES.length * 18);
    expect(short.traces()).toEqual(play(false).traces());
  });

  it('is heard at once by who follows the log', () => {
    const probed = new Probed(true);
    probed.run(5);
    const log = probed.m.runtime.logs(probed.pods[0]?.id ?? '', {
      follow: true,
      timestamps: false,
      tailLines: 0,
    });
    if (!log.ok) throw new Error(log.error);
    let heard = 0;
    log.value.onOutput(() => {
      heard++;
    });
    probed.run(4);
    expect(heard).toBe(4);
  });

  it('is made from scratch when it reads what lies in a volume, where others may write', () => {
    const m = new TestMachine();
    const files = new VolumeFiles(new Map([['index.html', { content: 'one', mode: 0o644 }]]));
    const mountPath = '/usr/share/nginx/html';
    const { network } = m.pod('nginx:1.27', { mounts: [{ mountPath, files, path: '', readOnly: false }] });
    const message = { protocol: 'http', method: 'GET', path: '/', headers: {}, body: '', host: 'x' } as const;
    const target = { host: network.ip, port: 80, message };
    const made = m.fabric.request(m.host.namespace, target, { record: false });
    expect(made.reply).toMatchObject({ status: 200, body: 'one' });
    expect(m.fabric.again(m.host.namespace, made)).toBeUndefined();
  });
});

/** Routines of one owner on a machine of so many cores, and the times at which they were worked out. */
function routines(cores: number): {
  routines: Routines;
  routine: Routine;
  use: CpuUse;
  performed: number[];
  clock: { time: number };
} {
  const cpu = new MachineCpu(cores * 1000);
  const use = new CpuUse(cpu, 0, 0, 0);
  const clock = { time: 0, now: () => clock.time };
  const all = new Routines(clock, cpu);
  const performed: number[] = [];
  const owner = {
    perform: ({ ms }: Noted, time: number): void => {
      use.work(ms, time);
      performed.push(time);
    },
  };
  return { routines: all, routine: new Routine(all, owner, 1, undefined), use, performed, clock };
}

describe('routines', () => {
  it('are worked out in order, as of when they took place, once somebody looks', () => {
    const { routines: all, routine, performed, clock } = routines(4);
    for (clock.time = 10; clock.time < 40; clock.time += 10) expect(routine.once()).toBe(true);
    expect(performed).toEqual([]);
    all.settle();
    expect(performed).toEqual([10, 20, 30]);
  });

  it('are worked out by themselves before it gets too much to know that each was done in time', () => {
    const { routine, performed, clock } = routines(1);
    for (let i = 0; i < 1000; i++) {
      clock.time++;
      expect(routine.once()).toBe(true);
    }
    expect(performed.length).toBeGreaterThanOrEqual(800);
  });

  it('are refused while work waits for the cores', () => {
    const { routines: all, routine, use, clock } = routines(2);
    use.work(5000, 0);
    expect(routine.once()).toBe(false);
    clock.time = 60_000;
    all.settle();
    expect(routine.once()).toBe(true);
  });

  it('are refused where hardly anything is left of the cores', () => {
    const { routine, use } = routines(1);
    use.setBase(700, 0);
    expect(routine.once()).toBe(false);
  });

  it('are refused once they were dropped', () => {
    const { routine } = routines(4);
    routine.drop();
    expect(routine.once()).toBe(false);
  });
});
