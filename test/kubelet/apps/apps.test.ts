import { describe, expect, it } from 'vitest';
import type { Json } from '../../../src/apimachinery/json.ts';
import { appNames } from '../../../src/kubelet/apps/registry.ts';
import type { ContainerConfig } from '../../../src/kubelet/cri.ts';
import { VolumeFiles } from '../../../src/kubelet/files.ts';
import { TestMachine } from '../runtime/machine.ts';

const env = (values: Record<string, string>) =>
  Object.entries(values).map(([name, value]) => ({ name, value }));

describe('every model', () => {
  it.each(appNames())('%s stops at SIGTERM and frees its memory', (app) => {
    const m = new TestMachine();
    expect(m.registry.add({ 'some:app': { app } })).toEqual([]);
    // Interpreters end at once unless they are given something to do.
    const args: Record<string, string[]> = { perl: ['-e', 'sleep 60'], script: ['-m', 'http.server'] };
    const { id } = m.pod('some:app', {
      env: env({ POSTGRES_PASSWORD: 'x', MYSQL_ROOT_PASSWORD: 'x' }),
      command: ['/app', ...(args[app] ?? [])],
    });
    expect(m.runtime.memoryUsed()).toBeGreaterThan(0);
    m.run(30_000);
    m.runtime.stopContainer(id, 30_000, () => {});
    m.run(100);
    expect(m.status(id).state).toBe('exited');
    expect(m.runtime.memoryUsed()).toBe(0);
  });
});

describe('generic', () => {
  function start(image: Json, config: Partial<ContainerConfig> = {}) {
    const m = new TestMachine();
    expect(m.registry.add({ 'some:app': image })).toEqual([]);
    return { m, ...m.pod('some:app', config) };
  }

  it('ends by itself with its exit code', () => {
    const { m, id } = start({ exitCode: 3, after: '2s', terminationMessage: 'no chart', logs: ['starting'] });
    expect(m.status(id).state).toBe('running');
    m.run(2000);
    expect(m.status(id)).toMatchObject({ exitCode: 3, reason: 'Error', terminationMessage: 'no chart' });
    expect(m.logs(id)).toBe('starting\n');
  });

  it('answers its routes, the nearest first', () => {
    const routes = { '/': 'root', '/api/*': 'api', '/api/x': { status: 418 }, '/who': '{hostname}' };
    const { m, network } = start({ ports: [8080], routes });
    const answers = ['/', '/else', '/api/a/b', '/api/x', '/who?a=1'].map((path) =>
      m.get(network.ip, 8080, path),
    );
    expect(answers.map(({ status, body }) => `${status} ${body}`)).toEqual([
      '200 root',
      '200 root',
      '200 api',
      '418 ',
      '200 pod-1',
    ]);
  });

  it('listens only once it is up, then on the ports that the pod declares', () => {
    const { m, network } = start(
      { startup: '10s' },
      { ports: [{ name: 'http', port: 9000, transport: 'TCP' }] },
    );
    expect(m.get(network.ip, 9000).outcome).toBe('refused');
    m.run(10_000);
    expect(m.get(network.ip, 9000).status).toBe(200);
  });

  it('is down when its route says so', () => {
    const down = { after: '10s', for: '5s', every: '20s', status: 500 };
    const { m, network } = start({ ports: [80], routes: { '/healthz': { down } } });
    const seen: number[] = [];
    for (let i = 0; i < 8; i++) {
      seen.push(m.get(network.ip, 80, '/healthz').status);
      m.run(5000);
    }
    expect(seen).toEqual([200, 200, 500, 200, 200, 200, 500, 200]);
  });

  it('hangs when told to', () => {
    const { m, network } = start({ ports: [80], hangAfter: '5s' });
    expect(m.get(network.ip, 80).status).toBe(200);
    m.run(5000);
    expect(m.get(network.ip, 80).outcome).toBe('timeout');
  });

  it.each<[string, Json, Partial<ContainerConfig>, string]>([
    [
      'an environment variable',
      { needs: { env: ['COLOR'] } },
      {},
      'fatal: environment variable COLOR is not set\n',
    ],
    [
      'a file',
      { needs: { files: ['/etc/app/app.yaml'] } },
      {},
      'fatal: open /etc/app/app.yaml: no such file or directory\n',
    ],
  ])('exits with 1 when %s that it needs is missing', (_, image, config, log) => {
    const { m, id } = start(image, config);
    expect(m.status(id)).toMatchObject({ state: 'exited', exitCode: 1 });
    expect(m.logs(id)).toBe(log);
  });

  it('waits for what it must reach, or gives up', () => {
    const { m, id, network } = start({ ports: [80], needs: { reach: ['10.244.1.3:80'] } });
    expect(m.get(network.ip, 80).outcome).toBe('refused');
    m.pod('nginx');
    m.run(10_000);
    expect(m.get(network.ip, 80).status).toBe(200);
    expect(m.logs(id)).toContain('waiting for 10.244.1.3:80');
    const impatient = start({ needs: { reach: ['10.244.1.9:80'], retries: 1 } });
    impatient.m.run(10_000);
    expect(impatient.m.status(impatient.id).exitCode).toBe(1);
  });

  it('uses cpu and memory with its requests', () => {
    const { m, id, network } = start({
      ports: [80],
      cpuPerRequest: '100ms',
      memoryPerRequest: '1Mi',
      memory: '10Mi',
    });
    for (let i = 0; i < 10; i++) m.get(network.ip, 80);
    m.run(5000);
    expect(m.runtime.containerStats(id)).toMatchObject({ cpuTime: 1000, memory: 20 * 1024 * 1024 });
    expect(m.runtime.containerStats(id)?.cpu).toBeGreaterThan(100);
    m.run(120_000);
    expect(m.runtime.containerStats(id)).toMatchObject({ cpu: 0, cpuTime: 1000 });
  });

  it('slows down at its cpu limit', () => {
    const resources = { cpuRequest: 0, cpuLimit: 100, memoryLimit: 0, memoryRequest: 0, oomScoreAdj: 1000 };
    const { m, id, network } = start({ ports: [80], cpuPerRequest: '50ms' }, { resources });
    const ask = () =>
      m.fabric.request(m.host.namespace, {
        host: network.ip,
        port: 80,
        message: { protocol: 'http', method: 'GET', path: '/', headers: {}, body: '', host: 'x' },
      }).latencyMs;
    const first = ask();
    for (let i = 0; i < 20; i++) ask();
    expect(ask()).toBeGreaterThan(first * 5);
    m.run(10_000);
    expect(m.runtime.containerStats(id)?.cpu).toBeCloseTo(100, -1);
  });

  it.each<[string, Json, number, number]>([
    ['finishes its work first', { gracefulShutdown: '8s' }, 8000, 0],
    ['ignores SIGTERM', { ignoreSigterm: true }, 30_000, 137],
  ])('%s when it is stopped', (_, image, ms, exitCode) => {
    const { m, id } = start(image);
    const begun = m.sim.now();
    m.runtime.stopContainer(id, 30_000, () => {});
    m.run(60_000);
    expect(m.status(id)).toMatchObject({ exitCode, finishedAt: begun + ms });
  });
});

it('nginx serves its page, knows its version, and logs', () => {
  const m = new TestMachine();
  const { id, network } = m.pod('nginx:1.16');
  const page = m.get(network.ip, 80);
  expect(page).toMatchObject({
    status: 200,
    headers: { server: 'nginx/1.16.1', 'content-type': 'text/html' },
  });
  expect(page.body).toContain('<h1>Welcome to nginx!</h1>');
  expect(m.get(network.ip, 80, '/nope').status).toBe(404);
  expect(m.logs(id)).toMatch(
    /192\.168\.0\.11 - - \[05\/Jan\/2026:.*\] "GET \/ HTTP\/1\.1" 200 \d+ "-" "-" "-"/,
  );
});

it('nginx follows the configuration mounted into it', () => {
  const m = new TestMachine();
  const files = new VolumeFiles();
  files.set(
    'default.conf',
    "server {\n  listen 8080;\n  location / { \n    return 200 'configured\\n';\n  }\n}\n",
  );
  const mounts = [{ mountPath: '/etc/nginx/conf.d', files, path: '', readOnly: true }];
  const { network } = m.pod('nginx', { mounts });
  expect(m.get(network.ip, 80).outcome).toBe('refused');
  expect(m.get(network.ip, 8080).body).toBe('configured\n');
});

it('httpd works', () => {
  const m = new TestMachine();
  expect(m.get(m.pod('httpd').network.ip, 80).body).toContain('It works!');
});

it('idle images of the control plane stay up without a program', () => {
  const m = new TestMachine();
  expect(m.status(m.pod('registry.k8s.io/kube-scheduler:v1.35.6').id).state).toBe('running');
});

it('echo servers say who they are', () => {
  const m = new TestMachine();
  const echo = m.pod('hashicorp/http-echo', { args: ['-text=ahoy', '-listen=:8081'] });
  expect(m.get(echo.network.ip, 8081).body).toBe('ahoy\n');
  const who = m.pod('traefik/whoami');
  expect(m.get(who.network.ip, 80).body).toContain('Hostname: pod-2\n');
  const hello = m.pod('gcr.io/google-samples/hello-app:2.0');
  expect(m.get(hello.network.ip, 8080).body).toBe('Hello, world!\nVersion: 2.0.0\nHostname: pod-3\n');
});

it('redis keeps keys and counts', () => {
  const m = new TestMachine();
  const { id } = m.pod('redis:7');
  const cli = (...words: string[]) => m.exec(id, 'redis-cli', ...words).output;
  expect(cli('ping')).toBe('PONG\n');
  expect(cli('set', 'ship', 'two words')).toBe('OK\n');
  expect(cli('get', 'ship')).toBe('two words\n');
  expect([cli('incr', 'n'), cli('incr', 'n')]).toEqual(['1\n', '2\n']);
  expect(cli('incr', 'ship')).toBe('(error) ERR value is not an integer or out of range\n');
  expect(cli('rpush', 'l', 'a', 'b')).toBe('2\n');
  expect(cli('lrange', 'l', '0', '-1')).toBe('a\nb\n');
  expect(cli('hello?')).toContain("unknown command 'hello?'");
});

it('postgres wants a password, and finds its data again', () => {
  const m = new TestMachine();
  const bare = m.pod('postgres:16');
  expect(m.status(bare.id)).toMatchObject({ state: 'exited', exitCode: 1 });
  expect(m.logs(bare.id)).toContain(
    'Error: Database is uninitialized and superuser password is not specified.',
  );
  const files = new VolumeFiles();
  const mounts = [{ mountPath: '/var/lib/postgresql/data', files, path: '', readOnly: false }];
  const first = m.pod('postgres:16', { mounts, env: env({ POSTGRES_PASSWORD: 'x' }) });
  m.run(5000);
  const psql = (id: string, sql: string) => m.exec(id, 'psql', '-U', 'postgres', '-c', sql).output;
  expect(m.exec(first.id, 'pg_isready').exitCode).toBe(0);
  expect(psql(first.id, 'select 1')).toContain('(1 row)');
  psql(first.id, 'create table votes (id text, vote text)');
  expect(psql(first.id, "insert into votes values ('x', 'a')")).toBe('INSERT 0 1\n');
  const second = m.pod('postgres:16', { mounts });
  m.run(5000);
  expect(psql(second.id, 'select vote, count(id) from votes group by vote')).toContain(
    ' a    |     1\n(1 row)',
  );
});

it('mysql wants a password', () => {
  const m = new TestMachine();
  expect(m.status(m.pod('mysql:8.0').id).exitCode).toBe(1);
});

it('stress takes what it is told to', () => {
  const m = new TestMachine();
  const args = ['--vm', '1', '--vm-bytes', '150M', '--cpu', '2'];
  const { id } = m.pod('polinux/stress', { command: ['stress'], args });
  expect(m.runtime.containerStats(id)).toMatchObject({ cpu: 2000, memory: 151 * 1024 * 1024 });
});

it('the course front end is served by vite on 5173', () => {
  const m = new TestMachine();
  const { id, network } = m.pod('jojehuni/k8s_vue:latest');
  m.run(3000);
  expect(m.get(network.ip, 5173).body).toContain('<div id="app"></div>');
  expect(m.logs(id)).toContain(`Network: http://${network.ip}:5173/`);
});

it('the course back end, springboot on 7777, adds two numbers for its front end', () => {
  const m = new TestMachine();
  const { network } = m.pod('jojehuni/k8s_boot:latest');
  expect(m.get(network.ip, 7777).outcome).toBe('refused');
  m.run(6000);
  expect(m.get(network.ip, 7777, '/plus?num1=3&num2=4').body).toBe('{"sum":7}');
  expect(m.get(network.ip, 7777, '/plus?num1=3').status).toBe(400);
  const message = {
    protocol: 'http' as const,
    method: 'GET',
    path: '/plus?num1=1&num2=2',
    body: '',
    host: 'localhost',
  };
  const from = (origin: string) =>
    m.fabric.request(m.host.namespace, {
      host: network.ip,
      port: 7777,
      message: { ...message, headers: { origin } },
    }).reply;
  expect(from('http://localhost:30000')).toMatchObject({
    headers: { 'access-control-allow-origin': 'http://localhost:30000' },
  });
  expect(from('http://localhost:5173')).toMatchObject({ status: 403 });
});

it('the voting app moves a vote from vote over redis, voteworker and db to result', () => {
  const m = new TestMachine();
  const redis = m.pod('redis:alpine');
  const db = m.pod('postgres:15-alpine', { env: env({ POSTGRES_PASSWORD: 'postgres' }) });
  m.fabric.setPublicName('redis', redis.network.ip);
  m.fabric.setPublicName('db', db.network.ip);
  m.pod('dockersamples/examplevotingapp_worker');
  const vote = m.pod('dockersamples/examplevotingapp_vote');
  const result = m.pod('dockersamples/examplevotingapp_result');
  m.run(10_000);
  expect(m.get(result.network.ip, 80).body).toContain('Cats: 0');
  const curl = m.pod('curlimages/curl', { command: ['sleep', '3600'] });
  expect(m.exec(curl.id, 'curl', '-s', '-d', 'vote=a', `http://${vote.network.ip}`).output).toContain(
    'Cats vs Dogs!',
  );
  m.run(5000);
  expect(m.get(result.network.ip, 80).body).toContain('Cats: 1');
});
