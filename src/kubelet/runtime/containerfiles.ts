import type { ContainerConfig } from '../cri.ts';
import { MountedFiles } from '../tools/mountedfiles.ts';
import type { ImageSpec } from './imagespec.ts';
import type { Sandbox } from './sandbox.ts';

/** What every image has, with or without files in it. */
const DIRECTORIES: readonly string[] = Object.freeze([
  '/bin',
  '/dev',
  '/etc',
  '/home',
  '/proc',
  '/root',
  '/run',
  '/sys',
  '/tmp',
  '/usr/bin',
  '/var/cache',
  '/var/lib',
  '/var/log',
  '/var/run',
]);
const GENERATED: readonly string[] = Object.freeze(['/etc/hostname', '/etc/hosts', '/etc/resolv.conf']);

/** The file system that a container sees. */
export function containerFiles(
  spec: ImageSpec,
  config: ContainerConfig,
  sandbox: Sandbox,
  uid: number,
  owner: { dropRoutines(): void },
): MountedFiles {
  const { workingDir } = config;
  const own = [...(workingDir === undefined ? [] : [workingDir]), spec.workingDir].filter((d) => d !== '/');
  return new MountedFiles({
    mounts: config.mounts,
    image: spec.files,
    directories: own.length === 0 ? DIRECTORIES : [...DIRECTORIES, ...own],
    generated: (path) => generate(path, sandbox),
    generatedPaths: GENERATED,
    readOnlyRoot: config.readOnlyRootFilesystem,
    root: uid === 0,
    changed: () => owner.dropRoutines(),
  });
}

function generate(path: string, { config, status }: Sandbox): string | undefined {
  switch (path) {
    case '/etc/hostname':
      return `${config.hostname}\n`;
    case '/etc/hosts': {
      const lines = [
        '# Kubernetes-managed hosts file.',
        '127.0.0.1\tlocalhost',
        '::1\tlocalhost ip6-localhost',
      ];
      for (const ip of status.ips) lines.push(`${ip}\t${config.hostname}`);
      if (config.hosts.size > 0) lines.push('', '# Entries added by HostAliases.');
      for (const [name, ip] of config.hosts) lines.push(`${ip}\t${name}`);
      return `${lines.join('\n')}\n`;
    }
    case '/etc/resolv.conf': {
      const { search, nameservers, ndots } = status.network.resolver;
      const lines = search.length === 0 ? [] : [`search ${search.join(' ')}`];
      for (const server of nameservers) lines.push(`nameserver ${server}`);
      if (ndots !== 1) lines.push(`options ndots:${ndots}`);
      return `${lines.join('\n')}\n`;
    }
    default:
      return undefined;
  }
}
