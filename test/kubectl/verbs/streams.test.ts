import { describe, expect, it } from 'vitest';
import type { ByteStream, RequestOptions } from '../../../src/api/request.ts';
import type { UsageSummary } from '../../../src/apiserver/nodeproxy.ts';
import { Bench } from '../harness.ts';

/** A kubelet whose containers log two lines and run a shell that echoes. */
class FakeKubelet {
  readonly asked: RequestOptions[] = [];
  closed = 0;

  summary(): UsageSummary {
    return { node: { startedAt: 0, cpuTime: 0, memory: 0 }, containers: [] };
  }

  #stream(
    open: (out: (text: string) => void, exit: (code: number) => void) => Partial<ByteStream>,
  ): ByteStream {
    let early = '';
    let read: ((chunk: { stream: 'stdout'; text: string }) => void) | undefined;
    let done: ((code: number) => void) | undefined;
    let ended: number | undefined;
    const out = (text: string): void => {
      if (read === undefined) early += text;
      else read({ stream: 'stdout', text });
    };
    const exit = (code: number): void => {
      ended = code;
      done?.(code);
    };
    const own = open(out, exit);
    return {
      onOutput(reader) {
        read = reader;
        if (early !== '') reader({ stream: 'stdout', text: early });
      },
      onExit(callback) {
        done = callback;
        if (ended !== undefined) callback(ended);
      },
      write: () => {},
      closeInput: () => exit(0),
      close: () => {
        this.closed++;
      },
      ...own,
    };
  }

  logs(_: string, pod: string, options: RequestOptions) {
    this.asked.push(options);
    const stream = this.#stream((out, exit) => {
      out(`${pod} one\n${pod} two\n`);
      if (options.follow !== true) exit(0);
      return {};
    });
    return { ok: true as const, stream };
  }

  portForward() {
    return { ok: false as const, code: 404, message: 'no tunnels here' };
  }

  exec(_: string, __: string, options: RequestOptions) {
    this.asked.push(options);
    const stream = this.#stream((out, exit) => {
      if (options.stdin !== true) {
        out('done\n');
        exit(options.command?.[0] === 'false' ? 1 : 0);
        return {};
      }
      out('/ # ');
      return {
        write(line) {
          if (line === 'exit 3') exit(3);
          else out(`you said ${line}\n/ # `);
        },
      };
    });
    return { ok: true as const, stream };
  }

  attach(_: string, __: string, options: RequestOptions) {
    this.asked.push(options);
    const stream = this.#stream((out, exit) => {
      out('/ # ');
      return {
        write(line) {
          if (options.stdin !== true) return;
          if (line.startsWith('exit')) exit(Number(line.slice(4)));
          else out(`you said ${line}\n/ # `);
        },
      };
    });
    return { ok: true as const, stream };
  }
}

function bench(): { b: Bench; kubelet: FakeKubelet } {
  const kubelet = new FakeKubelet();
  const b = new Bench({ dialKubelet: () => ({ api: kubelet }) });
  b.put({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace: 'default' } });
  b.put({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'n1' }, spec: {} });
  for (const [name, containers] of [
    ['p', ['c']],
    ['q', ['c', 'd']],
  ] as const) {
    const pod = b.put({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace: 'default', labels: { app: 'x' } },
      spec: { nodeName: 'n1', containers: containers.map((c) => ({ name: c, image: 'nginx' })) },
    });
    const statuses = containers.map((c) => ({
      name: c,
      image: 'nginx',
      imageID: 'i',
      ready: true,
      restartCount: 0,
      state: { running: { startedAt: '2026-01-05T00:00:00Z' } },
    }));
    b.client.raw({
      verb: 'patch',
      group: '',
      resource: 'pods',
      subresource: 'status',
      namespace: 'default',
      name: pod.metadata.name ?? '',
      patchType: 'merge',
      body: { status: { phase: 'Running', containerStatuses: statuses } },
    });
  }
  return { b, kubelet };
}

describe('kubectl logs', () => {
  it.each([
    ['of a pod', 'logs p', 'p one\np two\n', ''],
    [
      'of its first container, saying so',
      'logs q',
      'q one\nq two\n',
      'Defaulted container "c" out of: c, d\n',
    ],
    ['of a container', 'logs q -c d', 'q one\nq two\n', ''],
    ['of all containers', 'logs q --all-containers', 'q one\nq two\nq one\nq two\n', ''],
    ['with their source', 'logs p --prefix', '[pod/p/c] p one\n[pod/p/c] p two\n', ''],
    ['of a selection', 'logs -l app=x -c c', 'p one\np two\nq one\nq two\n', ''],
  ])('prints the logs %s', (_, line, out, err) => {
    expect(bench().b.run(line)).toEqual({ out, err, code: 0 });
  });

  it('follows until Ctrl+C, and hangs up then', () => {
    const { b, kubelet } = bench();
    const { job, outcome } = b.start('logs -f p');
    expect(outcome()).toEqual({ out: 'p one\np two\n', err: '', code: undefined });
    job.interrupt();
    expect(kubelet.closed).toBe(1);
  });

  it('shows ten lines a container of a selection unless told', () => {
    const { b, kubelet } = bench();
    b.run('logs -l app=x -c c --since=1m');
    expect(kubelet.asked[0]).toMatchObject({ tailLines: 10, sinceSeconds: 60, container: 'c' });
  });

  it.each([
    ['a pod that is not there', 'logs x', 'Error from server (NotFound): pods "x" not found\n'],
    ['a container that is not there', 'logs p -c x', 'error: container x is not valid for pod p\n'],
    [
      'nothing',
      'logs',
      "error: 'logs (POD | TYPE/NAME) [CONTAINER_NAME]'.\nPOD or TYPE/NAME is a required argument for the logs command\nSee 'kubectl logs -h' for help and examples\n",
    ],
  ])('refuses %s', (_, line, err) => {
    expect(bench().b.run(line)).toEqual({ out: '', err, code: 1 });
  });
});

describe('kubectl exec', () => {
  it.each([
    ['a command', 'exec p -- date', { out: 'done\n', err: '', code: 0 }],
    [
      'a command that fails',
      'exec p -- false',
      { out: 'done\n', err: 'command terminated with exit code 1\n', code: 1 },
    ],
    [
      'without a command',
      'exec p',
      {
        out: '',
        err: 'error: you must specify at least one command for the container\n',
        code: 1,
      },
    ],
    [
      'without --',
      'exec p date',
      {
        out: '',
        err: "error: exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead\nSee 'kubectl exec -h' for help and examples\n",
        code: 1,
      },
    ],
  ])('runs %s', (_, line, wanted) => {
    expect(bench().b.run(line)).toEqual(wanted);
  });

  it('talks with a shell until it exits', () => {
    const { b } = bench();
    const { job, outcome } = b.start('exec -it p -- sh');
    b.pass(1);
    expect(job.line('hello')).toBe(true);
    b.pass(1);
    job.line('exit 3');
    b.pass(1);
    expect(outcome()).toEqual({
      out: '/ # you said hello\n/ # ',
      err: 'command terminated with exit code 3\n',
      code: 3,
    });
  });
});

describe('kubectl cp', () => {
  it.each([
    ['a file that is not there', 'cp nope p:/tmp', "error: nope doesn't exist in local filesystem\n"],
    [
      'a pod that is not there',
      'cp x:/etc/hosts hosts',
      'Error from server (NotFound): pods "x" not found\n',
    ],
    ['no pod at all', 'cp a b', 'error: one of src or dest must be a remote file specification\n'],
  ])('refuses %s', (_, line, err) => {
    expect(bench().b.run(line)).toEqual({ out: '', err, code: 1 });
  });
});

const RECORDED = `All commands and output from this session will be recorded in container logs, including credentials and sensitive information passed through the command prompt.
If you don't see a command prompt, try pressing enter.
`;

describe('kubectl attach', () => {
  it('types into the program of a container, and tells nothing of its exit code', () => {
    const { b, kubelet } = bench();
    const { job, outcome } = b.start('attach p -i');
    b.pass(1);
    job.line('hello');
    b.pass(1);
    job.line('exit 3');
    b.pass(1);
    expect(outcome()).toEqual({ out: '/ # you said hello\n/ # ', err: RECORDED, code: 0 });
    expect(kubelet.asked).toEqual([{ container: 'c', stdin: true, tty: false }]);
  });

  it.each([
    ['watches until Ctrl+C', 'attach p', '/ # ', RECORDED],
    ['is quiet if told', 'attach q -q', '/ # ', ''],
    [
      'says which container it takes',
      'attach pod q',
      '/ # ',
      `Defaulted container "c" out of: c, d\n${RECORDED}`,
    ],
    [
      'makes do without a terminal',
      'attach p -it',
      '/ # ',
      `error: Unable to use a TTY - container c did not allocate one\n${RECORDED}`,
    ],
  ])('%s', (_, line, out, err) => {
    const { b, kubelet } = bench();
    const { job, outcome } = b.start(line);
    b.pass(1);
    expect(outcome()).toEqual({ out, err, code: undefined });
    job.interrupt();
    expect(kubelet.closed).toBe(1);
  });

  it.each([
    ['nothing', 'attach', 'error: at least 1 argument is required for attach\n'],
    [
      'too much',
      'attach a b c',
      'error: expected POD, TYPE/NAME, or TYPE NAME, (at most 2 arguments) saw 3: [a b c]\n',
    ],
    ['a pod that is not there', 'attach x', 'Error from server (NotFound): pods "x" not found\n'],
    [
      'a container that is not there',
      'attach p -c x',
      'error: cannot attach to the container: container x not found in pod p\n',
    ],
    [
      'a kind without pods',
      'attach node/n1',
      'error: cannot attach to *v1.Node: selector for *v1.Node not implemented\n',
    ],
  ])('refuses %s', (_, line, err) => {
    expect(bench().b.run(line)).toEqual({ out: '', err, code: 1 });
  });
});

describe('kubectl run', () => {
  it('says what it created', () => {
    const { b } = bench();
    expect(b.run('run web --image=nginx --port=80 --expose').out).toBe(
      'pod/web created\nservice/web created\n',
    );
  });

  it.each([
    [
      'a name',
      'run --image=nginx',
      "error: NAME is required for run\nSee 'kubectl run -h' for help and examples\n",
    ],
    ['an image', 'run web', 'error: required flag(s) "image" not set\n'],
    [
      'to be attached for --rm',
      'run web --image=nginx --rm',
      "error: --rm should only be used for attached containers\nSee 'kubectl run -h' for help and examples\n",
    ],
  ])('needs %s', (_, line, err) => {
    expect(bench().b.run(line).err).toBe(err);
  });

  it.each([
    ['merge', `'{"spec":{"nodeName":"n1"}}'`, '{.spec.nodeName} {.spec.containers[0].image}', 'n1 nginx'],
    [
      'strategic',
      `'{"spec":{"containers":[{"name":"web","tty":true}]}}'`,
      '{.spec.containers[0].tty} {.spec.containers[0].image}',
      'true nginx',
    ],
    ['json', `'[{"op":"add","path":"/spec/nodeName","value":"n1"}]'`, '{.spec.nodeName}', 'n1'],
  ])('lets the pod be overridden, by a %s patch', (type, patch, path, text) => {
    const { out, err } = bench().b.run(
      `run web --image=nginx --dry-run=client --overrides=${patch} --override-type=${type} -o jsonpath='${path}'`,
    );
    expect({ out, err }).toEqual({ out: text, err: '' });
  });

  it('refuses what is no image name', () => {
    expect(bench().b.run('run web --image=Bad:image:tag').err).toBe(
      'error: Invalid image name "Bad:image:tag": invalid reference format\n',
    );
  });

  it('attaches to the shell of its pod, and removes the pod afterwards', () => {
    const { b } = bench();
    const { job, outcome } = b.start('run tmp --rm -it --image=busybox -- sh');
    b.pass(1);
    b.client.raw({
      verb: 'patch',
      group: '',
      resource: 'pods',
      subresource: 'status',
      namespace: 'default',
      name: 'tmp',
      patchType: 'merge',
      body: { status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] } },
    });
    b.client.raw({
      verb: 'create',
      group: '',
      resource: 'pods',
      subresource: 'binding',
      namespace: 'default',
      name: 'tmp',
      body: {
        apiVersion: 'v1',
        kind: 'Binding',
        metadata: { name: 'tmp' },
        target: { kind: 'Node', name: 'n1' },
      },
    });
    b.pass(2);
    job.line('exit 3');
    b.pass(1);
    expect(outcome()).toEqual({
      out: `/ # Session ended, resume using 'kubectl attach tmp -c tmp -i -t' command when the pod is running
pod "tmp" deleted from default namespace
`,
      err: RECORDED,
      code: 0,
    });
  });
});
