import { expect, it } from 'vitest';
import { Random } from '../../src/sim/random.ts';
import { Harness, spec } from './harness.ts';

const IMAGES = {
  nginx: { stop: 800, http: { 80: () => 200 } },
  crash: { exit: { code: 1, after: 3000 } },
  job: { exit: { code: 0, after: 5000 } },
};

const PHASES: Readonly<Record<string, readonly string[]>> = {
  nginx: ['Running'],
  crash: ['Running'],
  job: ['Succeeded'],
};

/** One random disturbance. */
function disturb(h: Harness, random: Random, names: readonly string[]): void {
  switch (random.int(6)) {
    case 0:
      h.restartKubelet();
      return;
    case 1:
      h.away = !h.away;
      return;
    case 2:
      h.runtime.kill('web', 137, 'OOMKilled');
      return;
    case 3: {
      const name = random.pick(names);
      if (name !== undefined && h.pod(name) !== undefined) h.delete(name);
      return;
    }
    case 4:
      if (h.process.paused) h.process.resume();
      else h.process.pause();
      return;
    default:
      h.process.kill();
      h.runtime.powerOff();
      h.startKubelet();
  }
}

it.each(Array.from({ length: 25 }, (_, i) => i + 1))(
  'ends where it would have ended anyway after random faults (seed %i)',
  (seed) => {
    const random = new Random(seed, 'faults');
    const h = new Harness({ images: IMAGES });
    const names = Array.from({ length: 6 }, (_, i) => `p${i}`);
    const images = Object.keys(IMAGES);
    const restarts = new Map<string, number>();
    const ended = new Map<string, string>();
    for (const [i, name] of names.entries()) {
      const image = images[i % 3] ?? 'nginx';
      const rest = image === 'job' ? { restartPolicy: 'OnFailure' } : {};
      const probe = image === 'nginx' ? { readinessProbe: { httpGet: { port: 80 }, periodSeconds: 3 } } : {};
      h.create({ metadata: { name, namespace: 'default' }, spec: spec({ image, ...probe }, rest) });
    }
    for (let step = 0; step < 40; step++) {
      h.run(random.int(4000) / 1000);
      disturb(h, random, step > 20 ? names : []);
      for (const name of names) {
        const count = h.restarts('web', name);
        const phase = h.pod(name)?.status?.phase ?? '';
        if (h.pod(name) !== undefined) expect(count).toBeGreaterThanOrEqual(restarts.get(name) ?? 0);
        restarts.set(name, count);
        if (ended.has(name) && phase !== '') expect(phase).toBe(ended.get(name));
        if (phase === 'Succeeded' || phase === 'Failed') ended.set(name, phase);
      }
    }
    h.away = false;
    h.process.resume();
    h.run(700);
    const alive = names.filter((name) => h.pod(name) !== undefined);
    for (const name of alive) {
      const pod = h.pod(name);
      expect(pod?.metadata.deletionTimestamp, name).toBeUndefined();
      expect(PHASES[pod?.spec.containers[0]?.image ?? ''], name).toContain(pod?.status?.phase);
      if (pod?.spec.containers[0]?.image === 'nginx')
        expect(h.condition('Ready', name)?.status, name).toBe('True');
    }
    const uids = new Set(alive.map((name) => h.pod(name)?.metadata.uid));
    for (const { pod } of h.runtime.listPodSandboxes()) expect(uids.has(pod.uid), pod.name).toBe(true);
    for (const uid of h.disk.podUIDs()) expect(uids.has(uid)).toBe(true);
  },
);
