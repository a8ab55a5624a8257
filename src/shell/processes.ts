import { parseImageName } from '../api/imagename.ts';
import type { Machine } from '../cluster/machine.ts';
import type { CriContainer } from '../kubelet/cri.ts';
import { argvOf } from '../kubelet/runtime/executable.ts';
import type { ImageRegistry } from '../kubelet/runtime/imageregistry.ts';
import type { ProcessEntry } from '../kubelet/tools/tool.ts';

const INIT_PID = 1;
const FIRST_CONTAINER_PID = 2_000;
const CONTAINER_PIDS = 30_000;

/** What the units run, as `ps` shows it. */
const UNIT_COMMANDS: Readonly<Record<string, string>> = {
  containerd: '/usr/bin/containerd',
  kubelet:
    '/usr/bin/kubelet --bootstrap-kubeconfig=/etc/kubernetes/bootstrap-kubelet.conf --kubeconfig=/etc/kubernetes/kubelet.conf --config=/var/lib/kubelet/config.yaml --container-runtime-endpoint=unix:///run/containerd/containerd.sock',
};

/** What runs on a machine: systemd, its units, and the programs of the containers. */
export function machineProcesses(machine: Machine, registry: ImageRegistry): readonly ProcessEntry[] {
  const list: ProcessEntry[] = [
    { pid: INIT_PID, user: 'root', command: '/usr/lib/systemd/systemd --system' },
  ];
  for (const { process, pid, name } of machine.units.values())
    if (process !== undefined) list.push({ pid, user: 'root', command: UNIT_COMMANDS[name] ?? name });
  for (const container of machine.containerd.listContainers()) {
    if (container.state !== 'running') continue;
    list.push({ pid: pidOf(container), user: 'root', command: commandOf(container, registry) });
  }
  return list;
}

/** `kill` on a machine: units come back after a while, containers as their pod wants. False: no such process. */
export function signalProcess(machine: Machine, pid: number, signal: string): boolean {
  if (pid === INIT_PID) return true;
  for (const unit of machine.units.values()) {
    if (unit.process === undefined || unit.pid !== pid) continue;
    if (signal === 'SIGSTOP') unit.pause();
    else if (signal === 'SIGCONT') unit.resume();
    else unit.kill();
    return true;
  }
  const container = machine.containerd
    .listContainers()
    .find((candidate) => candidate.state === 'running' && pidOf(candidate) === pid);
  if (container === undefined) return false;
  if (signal === 'SIGSTOP') machine.containerd.pauseContainer(container.id);
  else if (signal === 'SIGCONT') machine.containerd.resumeContainer(container.id);
  else machine.containerd.killContainer(container.id, signal === 'SIGKILL' ? 137 : 143);
  return true;
}

/** The same for the whole life of a container. */
function pidOf({ id }: CriContainer): number {
  return FIRST_CONTAINER_PID + (Number.parseInt(id.slice(0, 6), 16) % CONTAINER_PIDS);
}

function commandOf({ config }: CriContainer, registry: ImageRegistry): string {
  const name = parseImageName(config.image);
  const image = 'error' in name ? undefined : registry.find(name);
  const argv =
    image === undefined
      ? [...(config.command ?? []), ...(config.args ?? [])]
      : argvOf(image.spec, config.command, config.args);
  return argv.length === 0 ? `[${config.name}]` : argv.join(' ');
}
