import { describe, expect, it } from 'vitest';
import { piDigits } from '../../../src/kubelet/apps/pi.ts';
import { appNames } from '../../../src/kubelet/apps/registry.ts';
import { VolumeFiles } from '../../../src/kubelet/files.ts';
import { NO_RESOURCES, TestMachine } from '../runtime/machine.ts';

const env = (values: Record<string, string>) =>
  Object.entries(values).map(([name, value]) => ({ name, value }));

/** Every model: an image that runs it, where it listens once it is up, and what it answers; 0: it does not listen. */
const MODELS: Record<string, [string, number, string, number, string]> = {
  agnhost: ['registry.k8s.io/e2e-test-images/agnhost:2.53', 0, '', 0, ''],
  echo: ['traefik/whoami', 80, '/', 200, 'Hostname: pod-'],
  generic: ['prom/prometheus', 9090, '/-/healthy', 200, 'Prometheus Server is Healthy.'],
  httpbin: ['kennethreitz/httpbin', 80, '/status/418', 418, ''],
  httpd: ['httpd:2.4', 80, '/', 200, 'It works!'],
  idle: ['registry.k8s.io/pause:3.10', 0, '', 0, ''],
  memcached: ['memcached', 11211, '/', 0, ''],
  mongo: ['mongo', 27017, '/', 0, ''],
  mysql: ['mysql', 3306, '/', 0, ''],
  nginx: ['nginx', 80, '/', 200, 'Welcome to nginx!'],
  perl: ['perl:5.34', 0, '', 0, ''],
  postgres: ['postgres', 5432, '/', 0, ''],
  redis: ['redis', 6379, '/', 0, ''],
  result: ['dockersamples/examplevotingapp_result', 80, '/', 200, 'Cats'],
  script: ['python:3.12', 8000, '/', 200, 'Directory listing'],
  springboot: ['jojehuni/k8s_boot', 7777, '/plus?num1=1&num2=2', 200, '{"sum":3}'],
  stress: ['polinux/stress', 0, '', 0, ''],
  vite: ['jojehuni/k8s_vue', 5173, '/', 200, 'Vite App'],
  vote: ['dockersamples/examplevotingapp_vote', 80, '/', 200, 'Cats vs Dogs!'],
  voteworker: ['dockersamples/examplevotingapp_worker', 0, '', 0, ''],
  wordpress: ['wordpress', 80, '/', 500, 'Error establishing a database connection'],
};

describe('a model', () => {
  it.each(appNames())('%s runs in an image of its own and answers on its port', (app) => {
    const [image, port, path, status, body] = MODELS[app] as (typeof MODELS)[string];
    const m = new TestMachine();
    const command: Record<string, string[]> = {
      perl: ['perl', '-e', 'sleep 600'],
      script: ['python3', '-m', 'http.server'],
    };
    const { id, network } = m.pod(image, {
      env: env({ POSTGRES_PASSWORD: 'x', MYSQL_ROOT_PASSWORD: 'x' }),
      ...(command[app] === undefined ? {} : { command: command[app] }),
    });
    m.run(30_000);
    expect(m.status(id)).toMatchObject({ state: 'running' });
    if (port === 0) expect(network.listeners()).toEqual([]);
    else expect(network.listeners().map((listener) => listener.port)).toContain(port);
    if (status > 0) {
      const answer = m.get(network.ip, port, path);
      expect(answer.status).toBe(status);
      expect(answer.body).toContain(body);
    }
  });

  it('stands in the table above, whatever it is', () => {
    expect(Object.keys(MODELS).sort()).toEqual([...appNames()].sort());
  });
});

describe('batch work', () => {
  it('perl works out pi to 2000 digits, as in the Job documentation, and takes its cpu time', () => {
    const m = new TestMachine();
    const command = ['perl', '-Mbignum=bpi', '-wle', 'print bpi(2000)'];
    const { id } = m.pod('perl:5.34.0', { command });
    m.run(10_000);
    expect(m.status(id)).toMatchObject({ exitCode: 0, reason: 'Completed' });
    const log = m.logs(id).trim();
    expect(log.length).toBe(2001);
    expect(log.startsWith('3.14159265358979323846264338327950288419716939937510')).toBe(true);
  });

  it('takes ten times as long at a tenth of a core', () => {
    const m = new TestMachine();
    m.registry.add({ 'job:long': { work: '5s' } });
    const free = m.pod('job:long');
    const throttled = m.pod('job:long', { resources: { ...NO_RESOURCES, cpuLimit: 100 } });
    m.run(60_000);
    const took = (id: string): number => m.status(id).finishedAt - m.status(id).startedAt;
    expect(took(free.id)).toBeGreaterThanOrEqual(5000);
    expect(took(free.id)).toBeLessThan(5100);
    expect(took(throttled.id)).toBeGreaterThan(48_000);
    expect(took(throttled.id)).toBeLessThan(52_000);
  });

  it.each([
    [1, '3'],
    [2, '3.1'],
    [10, '3.141592654'],
  ])('pi to %i digits is %s', (digits, wanted) => {
    expect(piDigits(digits)).toBe(wanted);
  });
});

describe('start-up', () => {
  it('takes a Spring Boot application longer under a low cpu limit', () => {
    const m = new TestMachine();
    const free = m.pod('jojehuni/k8s_boot');
    const throttled = m.pod('jojehuni/k8s_boot', { resources: { ...NO_RESOURCES, cpuLimit: 100 } });
    m.run(10_000);
    expect(m.get(free.network.ip, 7777, '/health').status).toBe(200);
    expect(m.get(throttled.network.ip, 7777, '/health').outcome).toBe('refused');
    m.run(35_000);
    expect(m.get(throttled.network.ip, 7777, '/health').status).toBe(200);
  });

  it('fails for a Spring Boot application without its data source, and works with it', () => {
    const m = new TestMachine();
    const bare = m.pod('shipshape/boot-db');
    m.run(10_000);
    expect(m.status(bare.id).exitCode).toBe(1);
    expect(m.logs(bare.id)).toContain("Failed to configure a DataSource: 'url' attribute is not specified");
    const db = m.pod('mysql:8.4', { env: env({ MYSQL_ROOT_PASSWORD: 'x', MYSQL_DATABASE: 'shop' }) });
    m.run(20_000);
    const settings = (password: string) =>
      env({
        SPRING_DATASOURCE_URL: `jdbc:mysql://${db.network.ip}:3306/shop`,
        SPRING_DATASOURCE_USERNAME: 'root',
        SPRING_DATASOURCE_PASSWORD: password,
      });
    const wrong = m.pod('shipshape/boot-db', { env: settings('y') });
    const right = m.pod('shipshape/boot-db', { env: settings('x') });
    m.run(10_000);
    expect(m.logs(wrong.id)).toContain("Access denied for user 'root'");
    expect(m.status(wrong.id).exitCode).toBe(1);
    expect(m.get(right.network.ip, 8080, '/items')).toMatchObject({ status: 200, body: '[]' });
  });
});

describe('interpreters', () => {
  it.each<[string, string[] | undefined, number, string]>([
    ['python:3.12', undefined, 0, ''],
    ['node:22', undefined, 0, ''],
    [
      'python:3.12',
      ['python', 'app.py'],
      2,
      "can't open file '/app.py': [Errno 2] No such file or directory",
    ],
    ['node:22', ['node', 'server.js'], 1, "Error: Cannot find module '/server.js'"],
    ['python:3.12', ['python3', '-c', 'print("ahoy"); import sys; sys.exit(4)'], 4, 'ahoy'],
    ['node:22', ['node', '-e', "console.log('ahoy'); throw new Error('x')"], 1, 'ahoy'],
  ])('%s %j ends with %i', (image, command, code, log) => {
    const m = new TestMachine();
    const { id } = m.pod(image, command === undefined ? {} : { command });
    m.run(5000);
    expect(m.status(id)).toMatchObject({ state: 'exited', exitCode: code });
    expect(m.logs(id)).toContain(log);
  });

  it('run a server that is mounted into them', () => {
    const m = new TestMachine();
    const files = new VolumeFiles();
    files.set('server.js', "require('http').createServer((q, r) => r.end('ahoy')).listen(3000)\n");
    const mounts = [{ mountPath: '/app', files, path: '', readOnly: true }];
    const { network } = m.pod('node:22', { mounts, command: ['node', '/app/server.js'] });
    expect(m.get(network.ip, 3000).body).toBe('ahoy');
  });
});

it('agnhost liveness is well for ten seconds', () => {
  const m = new TestMachine();
  const { network } = m.pod('registry.k8s.io/e2e-test-images/agnhost:2.40', { args: ['liveness'] });
  expect(m.get(network.ip, 8080, '/healthz')).toMatchObject({ status: 200, body: 'ok' });
  m.run(11_000);
  expect(m.get(network.ip, 8080, '/healthz').status).toBe(500);
});

it('agnhost listens where upstream does when it is not told where', () => {
  const m = new TestMachine();
  const { network } = m.pod('registry.k8s.io/e2e-test-images/agnhost:2.53', { args: ['netexec'] });
  expect(m.get(network.ip, 8080, '/hostname').body).toBe('pod-1');
});

it('agnhost netexec tells names, echoes and exits when asked', () => {
  const m = new TestMachine();
  const { network, id } = m.pod('registry.k8s.io/e2e-test-images/agnhost:2.53', {
    args: ['netexec', '--http-port=8081'],
  });
  expect(m.get(network.ip, 8081, '/hostname').body).toBe('pod-1');
  expect(m.get(network.ip, 8081, '/echo?msg=ahoy&code=503')).toMatchObject({ status: 503, body: 'ahoy' });
  m.get(network.ip, 8081, '/exit?code=3');
  m.run(10);
  expect(m.status(id).exitCode).toBe(3);
});

it('agnhost webhook judges admission reviews over TLS, each path a policy', () => {
  const m = new TestMachine();
  const { network } = m.pod('registry.k8s.io/e2e-test-images/agnhost:2.53', {
    args: ['webhook', '--port=8443'],
  });
  const ask = (path: string, object: object, tls = true): string => {
    const body = JSON.stringify({ apiVersion: 'admission.k8s.io/v1', request: { uid: 'u', object } });
    const message = { protocol: 'http', method: 'POST', path, headers: {}, body, host: 'hook', tls } as const;
    const { reply } = m.fabric.request(m.host.namespace, { host: network.ip, port: 8443, message });
    return reply?.type === 'http' ? reply.body : (reply?.type ?? 'nothing');
  };
  expect(JSON.parse(ask('/always-deny', {}))).toEqual({
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    response: {
      uid: 'u',
      allowed: false,
      status: { metadata: {}, message: 'this webhook denies all requests' },
    },
  });
  expect(ask('/add-label', { metadata: {} })).toContain('"patchType":"JSONPatch"');
  expect(ask('/mutating-pods-sidecar', { spec: { containers: [] } })).toContain('No image specified');
  expect(ask('/nowhere', {})).toBe('404 page not found\n');
  expect(ask('/pods', {}, false)).toBe('Client sent an HTTP request to an HTTPS server.\n');
});

it('memcached keeps keys in memory', () => {
  const m = new TestMachine();
  const { network } = m.pod('memcached');
  const say = (body: string): string => {
    const message = { protocol: 'tcp', body } as const;
    const { reply } = m.fabric.request(m.host.namespace, { host: network.ip, port: 11211, message });
    return reply?.type === 'raw' ? reply.body : '';
  };
  expect(say('set a 0 0 4\r\nahoy\r\n')).toBe('STORED\r\n');
  expect(say('get a\r\n')).toBe('VALUE a 0 4\r\nahoy\r\nEND\r\n');
  expect(say('delete a\r\n')).toBe('DELETED\r\n');
  expect(say('get a\r\n')).toBe('END\r\n');
});

it('wordpress works once its database lets it in', () => {
  const m = new TestMachine();
  const db = m.pod('mysql:8.0', {
    env: env({
      MYSQL_ROOT_PASSWORD: 'r',
      MYSQL_DATABASE: 'wordpress',
      MYSQL_USER: 'wp',
      MYSQL_PASSWORD: 'secret',
    }),
  });
  const start = (password: string) =>
    m.pod('wordpress', {
      env: env({
        WORDPRESS_DB_HOST: db.network.ip,
        WORDPRESS_DB_USER: 'wp',
        WORDPRESS_DB_PASSWORD: password,
      }),
    }).network.ip;
  const [good, bad] = [start('secret'), start('wrong')];
  m.run(20_000);
  expect(m.get(bad, 80).status).toBe(500);
  expect(m.get(good, 80)).toMatchObject({ status: 302, headers: { location: '/wp-admin/install.php' } });
});

it.each<[string, string[], { cpu: number; memory: number }]>([
  ['vish/stress', ['-cpus', '2', '-mem-total', '100Mi'], { cpu: 2000, memory: 101 }],
  ['alexeiled/stress-ng', ['--cpu=1', '--timeout', '60s'], { cpu: 1000, memory: 1 }],
])('%s takes what its own options say', (image, args, { cpu, memory }) => {
  const m = new TestMachine();
  const { id } = m.pod(image, { args });
  expect(m.runtime.containerStats(id)).toMatchObject({ cpu, memory: memory * 1024 * 1024 });
});

describe('a service behind a service', () => {
  it('adds to the latency, and its failure is a 502', () => {
    const m = new TestMachine();
    m.registry.add({
      'back:1': { ports: [80], routes: { '/': { latency: '40ms' } } },
      'front:1': { ports: [80], routes: { '/': { body: 'ok', calls: ['http://10.244.1.2:80/'] } } },
    });
    const back = m.pod('back:1');
    const front = m.pod('front:1');
    const ask = () =>
      m.fabric.request(m.host.namespace, {
        host: front.network.ip,
        port: 80,
        message: { protocol: 'http', method: 'GET', path: '/', headers: {}, body: '', host: 'x' },
      });
    expect(back.network.ip).toBe('10.244.1.2');
    expect(ask().reply).toMatchObject({ status: 200, body: 'ok' });
    expect(ask().latencyMs).toBeGreaterThan(41);
    m.runtime.stopContainer(back.id, 0, () => {});
    m.run(100);
    expect(m.get(front.network.ip, 80)).toMatchObject({ status: 502 });
    expect(m.logs(front.id)).toContain('connection refused');
  });

  it('fails as often as the image says', () => {
    const m = new TestMachine();
    m.registry.add({ 'some:app': { ports: [80], errorRate: 0.25 } });
    const { network } = m.pod('some:app');
    let failed = 0;
    for (let i = 0; i < 1000; i++) if (m.get(network.ip, 80).status === 500) failed++;
    expect(failed).toBeGreaterThan(200);
    expect(failed).toBeLessThan(300);
  });

  it('gives no answer once its queue is full', () => {
    const m = new TestMachine();
    m.registry.add({ 'some:app': { ports: [80], cpuPerRequest: '100ms', queue: '2s' } });
    const { network } = m.pod('some:app', { resources: { ...NO_RESOURCES, cpuLimit: 500 } });
    for (let i = 0; i < 11; i++) expect(m.get(network.ip, 80).outcome).toBe('ok');
    expect(m.get(network.ip, 80).outcome).toBe('timeout');
    m.run(3000);
    expect(m.get(network.ip, 80).outcome).toBe('ok');
  });
});

describe('a browser', () => {
  it('calls the back end of the course notes only from the page that may', () => {
    const m = new TestMachine();
    m.registry.add({
      'jojehuni/k8s_vue:here': { ports: [30000] },
      'jojehuni/k8s_boot:here': { ports: [30001] },
    });
    const sandbox = m.sandbox({ hostNetwork: true });
    m.container(sandbox, 'jojehuni/k8s_vue:here');
    m.container(sandbox, 'jojehuni/k8s_boot:here');
    const { id } = m.container(sandbox, 'nicolaka/netshoot', { command: ['sleep', '3600'] });
    m.run(15_000);
    const visit = (url: string) => m.sh(id, `browser ${url} num1=3 num2=4 2>&1`);
    expect(visit('http://localhost:30000/')).toContain('{"sum":7}');
    expect(visit(`http://${m.host.ip}:30000/`)).toContain(
      `Access to fetch at 'http://localhost:30001/plus?num1=3&num2=4' from origin 'http://${m.host.ip}:30000' has been blocked by CORS policy`,
    );
    expect(visit('http://localhost:9/')).toContain('ERR_CONNECTION_REFUSED');
  });
});
