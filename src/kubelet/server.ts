import type { ContainerStatus, Pod, PodStatus } from '../api/generated/types.ts';
import type { ByteStream, RequestOptions } from '../api/request.ts';
import { goQuote } from '../apimachinery/gostring.ts';
import { internalError } from '../apimachinery/status.ts';
import type {
  ContainerUsage,
  KubeletAnswer,
  KubeletApi,
  TunnelAnswer,
  UsageSummary,
} from '../apiserver/nodeproxy.ts';
import type { RequestMessage } from '../network/types.ts';
import type { Clock } from '../sim/clock.ts';
import { bareContainerID } from './containerstatus.ts';
import type { ContainerRuntime } from './cri.ts';

/** What the kubelet's server looks up. */
export interface ServerBackend {
  readonly clock: Clock;
  readonly runtime: ContainerRuntime;
  /** The pod of that name on this node, and its status as the kubelet has it. */
  find(namespace: string, name: string): { readonly pod: Pod; readonly status: PodStatus } | undefined;
}

type Found<T> = { readonly ok: true; readonly value: T } | (KubeletAnswer & { readonly ok: false });

/** The kubelet's HTTPS server on port 10250, as far as the API server uses it. */
export class KubeletServer implements KubeletApi {
  readonly #backend: ServerBackend;

  constructor(backend: ServerBackend) {
    this.#backend = backend;
  }

  logs(namespace: string, name: string, options: RequestOptions): KubeletAnswer {
    const { runtime, clock } = this.#backend;
    const found = this.#container(namespace, name, options.container);
    if (!found.ok) return found;
    const id = logsOf(found.value, name, options.previous === true);
    if (!id.ok) return id;
    const { tailLines, sinceSeconds, limitBytes } = options;
    const stream = runtime.logs(id.value, {
      follow: options.follow === true,
      timestamps: options.timestamps === true,
      ...(tailLines === undefined ? {} : { tailLines }),
      ...(sinceSeconds === undefined ? {} : { sinceTime: clock.now() - sinceSeconds * 1000 }),
      ...(limitBytes === undefined ? {} : { limitBytes }),
    });
    return stream.ok ? { ok: true, stream: stream.value } : refuse(500, stream.error);
  }

  exec(namespace: string, name: string, options: RequestOptions): KubeletAnswer {
    const id = this.#running(namespace, name, options.container);
    if (!id.ok) return id;
    const terminal = { stdin: options.stdin === true, tty: options.tty === true };
    const stream = this.#backend.runtime.exec(id.value, options.command ?? [], terminal);
    if (stream.ok) return { ok: true, stream: stream.value };
    // The connection stands by then: what the runtime says comes over it.
    const { message } = internalError(`error executing command in container: ${stream.error}`);
    return { ok: true, stream: failedStream(message ?? '') };
  }

  attach(namespace: string, name: string, options: RequestOptions): KubeletAnswer {
    const id = this.#running(namespace, name, options.container);
    if (!id.ok) return id;
    const terminal = { stdin: options.stdin === true, tty: options.tty === true };
    const stream = this.#backend.runtime.attach(id.value, terminal);
    return stream.ok ? { ok: true, stream: stream.value } : refuse(500, stream.error);
  }

  portForward(namespace: string, name: string): TunnelAnswer {
    const { runtime } = this.#backend;
    const found = this.#backend.find(namespace, name);
    if (found === undefined) return refuse(404, `pod ${goQuote(name)} not found`);
    const uid = found.pod.metadata.uid ?? '';
    const sandbox = runtime.sandboxesOf(uid).find(({ state }) => state === 'ready');
    if (sandbox === undefined) return refuse(500, `failed to find sandbox for pod ${goQuote(name)}`);
    const isReady = (): boolean =>
      runtime.sandboxesOf(uid).some(({ id, state }) => id === sandbox.id && state === 'ready');
    return {
      ok: true,
      tunnel: {
        get open(): boolean {
          return isReady();
        },
        exchange: (port, message, weight) =>
          runtime.portForward(sandbox.id, port, message as RequestMessage | undefined, weight),
      },
    };
  }

  summary(): UsageSummary {
    const { runtime } = this.#backend;
    const pods = new Map(runtime.listPodSandboxes().map((sandbox) => [sandbox.id, sandbox.pod]));
    const containers: ContainerUsage[] = [];
    for (const { id, sandboxId, state, config, startedAt } of runtime.listContainers()) {
      const stats = state === 'running' ? runtime.containerStats(id) : undefined;
      const pod = pods.get(sandboxId);
      if (stats === undefined || pod === undefined) continue;
      const { cpuTime, memory } = stats;
      const { namespace, name } = pod;
      containers.push({ namespace, pod: name, container: config.name, startedAt, cpuTime, memory });
    }
    return { node: runtime.machineStats(), containers };
  }

  /** The id of a container that runs. */
  #running(namespace: string, name: string, container: string | undefined): Found<string> {
    const status = this.#container(namespace, name, container);
    if (!status.ok) return status;
    const { state, containerID, name: known } = status.value;
    if (state?.running !== undefined) return found(containerID);
    return refuse(500, `unable to upgrade connection: container not found (${goQuote(known)})`);
  }

  #container(namespace: string, name: string, container: string | undefined): Found<ContainerStatus> {
    const found = this.#backend.find(namespace, name);
    if (found === undefined) return refuse(404, `pod ${goQuote(name)} not found`);
    const { pod, status } = found;
    const wanted = container ?? pod.spec.containers[0]?.name ?? '';
    const all = [
      ...(status.containerStatuses ?? []),
      ...(status.initContainerStatuses ?? []),
      ...(status.ephemeralContainerStatuses ?? []),
    ];
    const value = all.find((s) => s.name === wanted);
    if (value !== undefined) return { ok: true, value };
    return refuse(400, `container ${goQuote(wanted)} in pod ${goQuote(name)} is not available`);
  }
}

/** A stream that ends with an error before anything came. */
function failedStream(error: string): ByteStream {
  return {
    onOutput: () => {},
    onExit: (done) => done(1, error),
    write: () => {},
    closeInput: () => {},
    close: () => {},
  };
}

function refuse(code: number, message: string): KubeletAnswer & { readonly ok: false } {
  return { ok: false, code, message };
}

/** The id of the container whose log is meant (kubelet_pods.go validateContainerLogStatus). */
function logsOf(status: ContainerStatus, podName: string, previous: boolean): Found<string> {
  const { running, terminated, waiting } = status.state ?? {};
  const before = status.lastState?.terminated;
  const what = `container ${goQuote(status.name)} in pod ${goQuote(podName)}`;
  if (previous) {
    const id = before?.containerID;
    return id === undefined ? refuse(400, `previous terminated ${what} not found`) : found(id);
  }
  if (running !== undefined) return found(status.containerID);
  if (terminated !== undefined) {
    const id = terminated.containerID ?? before?.containerID;
    return id === undefined ? refuse(400, `${what} is terminated`) : found(id);
  }
  if (before !== undefined)
    return before.containerID === undefined
      ? refuse(400, `${what} is terminated`)
      : found(before.containerID);
  const reason = waiting?.reason;
  if (reason === undefined) return refuse(400, `${what} is waiting to start - no logs yet`);
  if (reason === 'ErrImagePull') return refuse(400, `${what} is waiting to start: image can't be pulled`);
  if (reason === 'ImagePullBackOff')
    return refuse(400, `${what} is waiting to start: trying and failing to pull image`);
  return refuse(400, `${what} is waiting to start: ${reason}`);
}

function found(containerID: string | undefined): Found<string> {
  return { ok: true, value: bareContainerID(containerID) };
}
