import { describe, expect, it } from 'vitest';
import type { PullResult, RuntimeChange } from '../../../src/kubelet/cri.ts';
import { VolumeFiles } from '../../../src/kubelet/files.ts';
import { NO_RESOURCES, read, TestMachine } from './machine.ts';

function pull(
  m: TestMachine,
  image: string,
  auth: { username: string; password: string }[] = [],
): PullResult & { ms: number } {
  let got: PullResult | undefined;
  const begun = m.sim.now();
  let ms = 0;
  m.runtime.pullImage(image, { auth }, (result) => {
    got = result;
    ms = m.sim.now() - begun;
  });
  expect(got).toBeUndefined();
  m.run(120_000);
  return { ...(got as PullResult), ms };
}

describe('pulling images', () => {
  const unpack = (ref: string): string =>
    `failed to pull and unpack image "${ref}": failed to resolve reference "${ref}": `;
  it.each([
    [
      'a repository that Docker Hub does not have',
      'redis123',
      `${unpack('docker.io/library/redis123:latest')}pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed`,
    ],
    [
      'a tag that does not exist',
      'nginx:9.9',
      `${unpack('docker.io/library/nginx:9.9')}docker.io/library/nginx:9.9: not found`,
    ],
    [
      'a registry that does not exist',
      'registry.acme.test/team/app:1.0',
      `${unpack('registry.acme.test/team/app:1.0')}failed to do request: Head "https://registry.acme.test/v2/team/app/manifests/1.0": dial tcp: lookup registry.acme.test on 192.168.0.1:53: no such host`,
    ],
    [
      'an unknown repository of registry.k8s.io',
      'registry.k8s.io/nope:v1',
      `${unpack('registry.k8s.io/nope:v1')}registry.k8s.io/nope:v1: not found`,
    ],
  ])('fails for %s in the words of containerd', (_, image, error) => {
    expect(pull(new TestMachine(), image)).toMatchObject({ ok: false, error });
  });

  it('takes the time of the transfer, and only that of asking when the image is there already', () => {
    const m = new TestMachine({ bandwidth: 10_000_000 });
    const first = pull(m, 'nginx:1.27');
    expect(first.ms).toBe(400 + Math.ceil(72_099_410 / 10_000));
    expect(pull(m, 'nginx:1.27').ms).toBe(400);
    expect(pull(m, 'nginx:1.27.5').ms).toBe(400);
    expect(m.runtime.imageStatus('nginx:1.27')?.repoTags).toEqual([
      'docker.io/library/nginx:1.27',
      'docker.io/library/nginx:1.27.5',
    ]);
  });

  it('fails while the registry is down, and with a timeout when the machine is cut off', () => {
    const m = new TestMachine();
    m.registry.setDown('refused');
    expect(pull(m, 'nginx')).toMatchObject({
      ok: false,
      code: 'RegistryUnavailable',
      error: expect.stringContaining('connection refused'),
    });
    m.registry.setDown(undefined);
    m.fabric.links.isolate('n1');
    expect(pull(m, 'nginx')).toMatchObject({
      ok: false,
      error: expect.stringContaining('i/o timeout'),
      ms: 30_000,
    });
  });

  it('gives a private image to those who know the password', () => {
    const m = new TestMachine();
    const auth = { username: 'captain', password: 'ahoy' };
    expect(m.registry.add({ 'registry.harbour.test/team/app:1': { auth } })).toEqual([]);
    expect(pull(m, 'registry.harbour.test/team/app:1')).toMatchObject({
      ok: false,
      error: expect.stringContaining('401 Unauthorized'),
    });
    expect(pull(m, 'registry.harbour.test/team/app:1', [auth]).ok).toBe(true);
  });

  it('does not remove an image that a container uses', () => {
    const m = new TestMachine();
    const { id } = m.pod('nginx');
    const image = m.status(id).config.imageId;
    expect(m.runtime.removeImage(image).ok).toBe(false);
    m.runtime.stopContainer(id, 0, () => {});
    m.run(1);
    m.runtime.removeContainer(id);
    expect(m.runtime.removeImage(image).ok).toBe(true);
    expect(m.runtime.imageStatus('nginx')).toBeUndefined();
  });
});

describe('sandboxes', () => {
  it('get addresses from the pod range, one after the other, none again at once', () => {
    const m = new TestMachine();
    const first = m.sandbox();
    expect(first.ips).toEqual(['10.244.1.2']);
    m.runtime.removePodSandbox(first.id);
    expect(m.sandbox().ips).toEqual(['10.244.1.3']);
    expect(m.runtime.listPodSandboxes()).toHaveLength(1);
  });

  it('use the host with host network', () => {
    const m = new TestMachine();
    const sandbox = m.sandbox({ hostNetwork: true });
    expect(sandbox.ips).toEqual(['192.168.0.11']);
    m.container(sandbox, 'nginx');
    m.run(1000);
    expect(m.get('192.168.0.11', 80).status).toBe(200);
    const second = m.container(m.sandbox({ hostNetwork: true }), 'nginx');
    m.run(1000);
    expect(m.status(second.id)).toMatchObject({ state: 'exited', exitCode: 1 });
    expect(m.logs(second.id)).toContain('bind() to 0.0.0.0:80 failed (98: Address already in use)');
  });

  it('are refused when the range is used up', () => {
    const m = new TestMachine({ podCIDR: '10.244.1.0/30' });
    m.sandbox();
    expect(() => m.sandbox()).toThrow('no IP addresses available in range set: 10.244.1.1-10.244.1.2');
  });

  it('forward host ports until they are stopped', () => {
    const m = new TestMachine();
    const sandbox = m.sandbox({
      portMappings: [{ hostPort: 8080, containerPort: 80, transport: 'TCP', hostIP: '' }],
    });
    m.container(sandbox, 'nginx');
    m.run(1000);
    expect(m.get('192.168.0.11', 8080).status).toBe(200);
    m.runtime.stopPodSandbox(sandbox.id);
    expect(m.get('192.168.0.11', 8080).outcome).toBe('refused');
    expect(m.runtime.sandboxesOf(sandbox.pod.uid)[0]?.state).toBe('notReady');
  });
});

describe('containers', () => {
  it('stop on their stop signal, and tell', () => {
    const m = new TestMachine();
    const { id, network } = m.pod('nginx');
    let stopped = false;
    m.runtime.stopContainer(id, 30_000, () => {
      stopped = true;
    });
    expect(stopped).toBe(false);
    m.run(10);
    expect(stopped).toBe(true);
    expect(m.status(id)).toMatchObject({ state: 'exited', exitCode: 0, reason: 'Completed' });
    expect(m.get(network.ip, 80).outcome).toBe('refused');
  });

  it('are killed after the grace period when they ignore the signal; the earlier deadline counts', () => {
    const m = new TestMachine();
    const { id } = m.pod('busybox', { command: ['sleep', '3600'] });
    const told: number[] = [];
    const begun = m.sim.now();
    const tell = (): void => {
      told.push(m.sim.now() - begun);
    };
    m.runtime.stopContainer(id, 30_000, tell);
    m.run(1000);
    m.runtime.stopContainer(id, 2000, tell);
    m.run(60_000);
    expect(told).toEqual([3000, 3000]);
    expect(m.status(id)).toMatchObject({ exitCode: 137, reason: 'Error' });
  });

  it.each([
    [
      'a command that the image does not have',
      ['nosuch'],
      'exec: "nosuch": executable file not found in $PATH',
    ],
    [
      'a path that does not exist',
      ['/opt/run.sh'],
      'exec: "/opt/run.sh": stat /opt/run.sh: no such file or directory',
    ],
  ])('cannot start with %s', (_, command, says) => {
    const m = new TestMachine();
    const { id } = m.pod('nginx', { command });
    expect(m.status(id)).toMatchObject({
      state: 'exited',
      exitCode: 128,
      reason: 'StartError',
      message: expect.stringContaining(says),
    });
  });

  it('are killed at the moment at which they reach their memory limit', () => {
    const m = new TestMachine();
    const { id } = m.pod('shipshape/leaker', {
      resources: { ...NO_RESOURCES, memoryLimit: 64 * 1024 * 1024 },
    });
    expect(m.runtime.containerStats(id)?.memory).toBeGreaterThan(16 * 1024 * 1024);
    m.run(10_000);
    expect(m.status(id).state).toBe('running');
    m.run(2000);
    expect(m.status(id)).toMatchObject({ exitCode: 137, reason: 'OOMKilled' });
    expect(m.status(id).finishedAt - m.status(id).startedAt).toBe(12_006);
  });

  it('are killed by their adjusted score when the machine is out of memory', () => {
    const m = new TestMachine({ memory: '100Mi' });
    m.registry.add({ big: { memory: '45Mi' }, small: { memory: '1Mi' }, late: { memory: '60Mi' } });
    const guaranteed = m.pod('big', { resources: { ...NO_RESOURCES, oomScoreAdj: -997 } });
    const effort = m.pod('small');
    const burst = m.pod('late', { resources: { ...NO_RESOURCES, oomScoreAdj: 500 } });
    expect(m.status(guaranteed.id).state).toBe('running');
    // 1000 + 10 thousandths of the memory against 500 + 600.
    expect(m.status(effort.id).state).toBe('running');
    expect(m.status(burst.id)).toMatchObject({ reason: 'OOMKilled' });
  });

  it('cost no events while they idle, and little to start', () => {
    const m = new TestMachine();
    m.pod('nginx');
    const before = m.sim.events;
    m.run(3_600_000);
    expect(m.sim.events - before).toBe(0);
  });

  it('keep what they wrote to their termination message file', () => {
    const m = new TestMachine();
    const { id } = m.pod('busybox', {
      command: ['sh', '-c', 'echo out of rope > /dev/termination-log; exit 3'],
    });
    expect(m.status(id)).toMatchObject({ exitCode: 3, reason: 'Error', terminationMessage: 'out of rope\n' });
  });

  it('see mounted volumes, read-only ones unwritable', () => {
    const m = new TestMachine();
    const files = new VolumeFiles();
    files.set('index.html', 'hello from a volume\n');
    const mounts = [{ mountPath: '/usr/share/nginx/html', files, path: '', readOnly: true }];
    const { id, network } = m.pod('nginx', { mounts });
    expect(m.get(network.ip, 80).body).toBe('hello from a volume\n');
    expect(m.sh(id, 'echo x > /usr/share/nginx/html/a')).toBe(
      "sh: can't create /usr/share/nginx/html/a: Read-only file system\n",
    );
    expect(m.sh(id, 'ls /usr/share/nginx/html')).toBe('index.html\n');
  });

  it('keep their files from what is read-only or not theirs', () => {
    const m = new TestMachine();
    const readOnly = m.pod('nginx', { readOnlyRootFilesystem: true });
    expect(m.logs(readOnly.id)).toContain(
      'mkdir() "/var/cache/nginx/client_temp" failed (30: Read-only file system)',
    );
    const stranger = m.pod('nginx', { user: { uid: 1000 } });
    expect(m.logs(stranger.id)).toContain('failed (13: Permission denied)');
  });

  it('hang while paused and go on afterwards', () => {
    const m = new TestMachine();
    const { id, network } = m.pod('nginx');
    m.runtime.pauseContainer(id);
    expect(m.get(network.ip, 80).outcome).toBe('timeout');
    m.runtime.resumeContainer(id);
    expect(m.get(network.ip, 80).status).toBe(200);
  });
});

describe('a power-off', () => {
  it('ends containers and sandboxes, and keeps images', () => {
    const m = new TestMachine();
    const { id, sandbox } = m.pod('nginx');
    m.runtime.powerOff();
    expect(m.runtime.status().runtimeReady).toBe(false);
    expect(m.runtime.listContainers()).toEqual([]);
    m.runtime.powerOn();
    expect(m.status(id).state).toBe('exited');
    expect(m.runtime.sandboxesOf(sandbox.pod.uid)[0]?.state).toBe('notReady');
    expect(m.runtime.imageStatus('nginx')).toBeDefined();
  });

  it('loses what was under way', () => {
    const m = new TestMachine();
    let answer: PullResult | undefined;
    m.runtime.pullImage('nginx', { auth: [] }, (result) => {
      answer = result;
    });
    m.runtime.powerOff();
    m.runtime.powerOn();
    m.run(60_000);
    expect(answer).toMatchObject({ ok: false, error: expect.stringContaining('containerd.sock') });
    expect(m.runtime.imageStatus('nginx')).toBeUndefined();
  });
});

describe('streams', () => {
  it('give logs with times, the last lines, and what comes', () => {
    const m = new TestMachine();
    const { id } = m.pod('busybox', {
      command: ['sh', '-c', 'for i in 1 2 3; do echo line $i; sleep 1; done'],
    });
    const follow = m.runtime.logs(id, { follow: true, timestamps: true, tailLines: 1 });
    const seen = read(follow.ok ? follow.value : (undefined as never));
    expect(seen.text).toMatch(/^2026-01-05T00:\d\d:\d\d\.\d{9}Z line 1\n$/);
    m.run(10_000);
    expect(seen.text.split('\n').map((line) => line.slice(31))).toEqual(['line 1', 'line 2', 'line 3', '']);
    expect(seen.exitCode).toBe(0);
    expect(m.logs(id)).toBe('line 1\nline 2\nline 3\n');
  });

  it('keep the newest quarter megabyte of a log', () => {
    const m = new TestMachine();
    const script =
      'i=0; while [ $i -lt 5000 ]; do echo "$i xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"; i=$((i+1)); done';
    const { id } = m.pod('busybox', { command: ['sh', '-c', script] });
    m.run(600_000);
    const text = m.logs(id);
    expect(text.length).toBeLessThan(256 * 1024 + 200);
    expect(text.trimEnd().split('\n').at(-1)).toMatch(/^4999 /);
  });

  it('run a shell for a person: prompts, answers, exit code', () => {
    const m = new TestMachine();
    const { id } = m.pod('busybox', { command: ['sleep', '3600'] });
    const opened = m.runtime.exec(id, ['sh'], { stdin: true, tty: true });
    const stream = opened.ok ? opened.value : (undefined as never);
    const seen = read(stream);
    m.run(1);
    expect(seen.text).toBe('/ # ');
    stream.write('cd /etc; echo $HOME');
    m.run(1);
    expect(seen.text).toBe('/ # /root\n/etc # ');
    stream.write('exit 7');
    m.run(1);
    expect(seen.exitCode).toBe(7);
  });

  it.each([
    [{ stdin: true, stdinOnce: true, tty: true }, 'exited'],
    [{ stdin: true, tty: true }, 'running'],
  ])('join a container that waits for input: made with %j it has then %s', (terminal, state) => {
    const m = new TestMachine();
    const { id } = m.pod('busybox', terminal);
    expect(m.status(id).state).toBe('running');
    const joined = m.runtime.attach(id, { stdin: true, tty: true });
    const stream = joined.ok ? joined.value : (undefined as never);
    const seen = read(stream);
    stream.write('hostname');
    stream.closeInput();
    m.run(10);
    expect(seen.text).toMatch(/^\/ # pod-1\n/);
    // What is typed into a terminal is echoed.
    expect(m.logs(id)).toMatch(/^\/ # hostname\npod-1\n/);
    expect(m.status(id).state).toBe(state);
  });

  it('end with the container', () => {
    const m = new TestMachine();
    const { id } = m.pod('busybox', { command: ['sleep', '3600'] });
    const opened = m.runtime.exec(id, ['sleep', '100'], { stdin: false, tty: false });
    const seen = read(opened.ok ? opened.value : (undefined as never));
    m.runtime.killContainer(id);
    expect(seen.exitCode).toBe(137);
    expect(m.status(id)).toMatchObject({ exitCode: 137 });
  });

  it('cut a command that takes too long', () => {
    const m = new TestMachine();
    const { id } = m.pod('busybox', { command: ['sleep', '3600'] });
    let answer: unknown;
    m.runtime.execSync(id, ['sleep', '5'], 1000, (result) => {
      answer = result;
    });
    m.run(999);
    expect(answer).toBeUndefined();
    m.run(10);
    expect(answer).toMatchObject({ timedOut: true });
  });

  it('say when an image has no such command', () => {
    const m = new TestMachine();
    const { id } = m.pod('hashicorp/http-echo', { args: ['-text=hi'] });
    expect(m.exec(id, 'sh').error).toMatch(
      /OCI runtime exec failed: exec failed: unable to start container process: exec: "sh": executable file not found in \$PATH: unknown$/,
    );
  });
});

it('tells subscribers of every change, in order', () => {
  const m = new TestMachine();
  const seen: string[] = [];
  m.runtime.subscribe(({ containerId }: RuntimeChange) => {
    seen.push(
      containerId === undefined ? 'sandbox' : (m.runtime.containerStatus(containerId)?.state ?? 'removed'),
    );
  });
  const { id, sandbox } = m.pod('busybox', { command: ['true'] });
  m.runtime.removeContainer(id);
  m.runtime.removePodSandbox(sandbox.id);
  expect(seen).toEqual(['sandbox', 'created', 'running', 'exited', 'removed', 'sandbox', 'sandbox']);
});

it('runs programs of the cluster in the containers of their images', () => {
  const started: string[] = [];
  const programs = new Map([
    [
      'registry.k8s.io/kube-scheduler',
      (ctx: { argv: readonly string[] }) => void started.push(ctx.argv.join(' ')),
    ],
  ]);
  const m = new TestMachine({ programs });
  const sandbox = m.sandbox({ hostNetwork: true });
  const { id } = m.container(sandbox, 'registry.k8s.io/kube-scheduler:v1.35.6', {
    command: ['kube-scheduler', '--leader-elect=true'],
  });
  m.run(1000);
  expect(started).toEqual(['kube-scheduler --leader-elect=true']);
  expect(m.runtime.programState('kube-scheduler')).toBe('running');
  m.runtime.pauseContainer(id);
  expect(m.runtime.programState('kube-scheduler')).toBe('paused');
  m.runtime.killContainer(id);
  expect(m.runtime.programState('kube-scheduler')).toBe('down');
});

it('answers nothing while it is stopped, and containers run on', () => {
  const m = new TestMachine();
  const { network } = m.pod('nginx');
  m.runtime.setRunning(false);
  expect(m.runtime.status().runtimeReady).toBe(false);
  expect(m.runtime.listContainers()).toEqual([]);
  expect(m.get(network.ip, 80).status).toBe(200);
  m.runtime.setRunning(true);
  expect(m.runtime.listContainers()).toHaveLength(1);
});
