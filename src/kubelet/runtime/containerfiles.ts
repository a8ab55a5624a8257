import type { ContainerConfig, SandboxConfig } from '../cri.ts';
import { NO_CAPABILITIES, type Rights } from '../tools/credentials.ts';
import { MountedFiles } from '../tools/mountedfiles.ts';
import { accountsOf, groupFile, passwdFile } from './accounts.ts';
import type { ContainerCredentials } from './credentials.ts';
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
  '/var/tmp',
]);
const GENERATED: readonly string[] = Object.freeze([
  '/etc/group',
  '/etc/hostname',
  '/etc/hosts',
  '/etc/passwd',
  '/etc/resolv.conf',
  '/proc/1/attr/current',
  '/proc/1/status',
  '/proc/1/uid_map',
  '/proc/self/attr/current',
  '/proc/self/status',
  '/proc/self/uid_map',
]);

/** The file system that a container sees. */
export function containerFiles(
  spec: ImageSpec,
  config: ContainerConfig,
  sandbox: Sandbox,
  who: ContainerCredentials,
  owner: { room(): number; charge(bytes: number): void; dropRoutines(): void },
): MountedFiles {
  const { workingDir } = config;
  const own = [...(workingDir === undefined ? [] : [workingDir]), spec.workingDir].filter((d) => d !== '/');
  return new MountedFiles({
    mounts: config.mounts,
    image: spec.files,
    directories: own.length === 0 ? DIRECTORIES : [...DIRECTORIES, ...own],
    generated: (path) => generate(path, spec, config, sandbox, who),
    generatedPaths:
      sandbox.config.sysctls === undefined
        ? GENERATED
        : [...GENERATED, ...sysctlPaths(sandbox.config.sysctls)],
    readOnlyRoot: config.readOnlyRootFilesystem,
    who,
    room: () => owner.room(),
    charge: (bytes) => owner.charge(bytes),
    open: config.terminationMessagePath,
    owned: ownedBy(spec),
    changed: () => owner.dropRoutines(),
  });
}

const owned = new WeakMap<ImageSpec, ReadonlyMap<string, Rights>>();

/** What of an image is not root's; one with a user of its own gives it its home and its working directory. */
function ownedBy(spec: ImageSpec): ReadonlyMap<string, Rights> {
  let found = owned.get(spec);
  if (found === undefined) {
    found = new Map([...spec.owned, ...ofUser(spec)]);
    owned.set(spec, found);
  }
  return found;
}

function ofUser(spec: ImageSpec): readonly (readonly [string, Rights])[] {
  const [name = ''] = spec.user?.split(':') ?? [];
  const account = accountsOf(spec).users.find((user) => user.name === name || String(user.uid) === name);
  if (account === undefined || account.uid === 0) return [];
  const rights: Rights = { mode: 0o755, uid: account.uid, gid: account.gid };
  const directories = [account.home, spec.workingDir].filter((directory) => directory !== '/');
  return directories.map((directory) => [directory, rights]);
}

const SYSCTLS = '/proc/sys/';

function sysctlPaths(sysctls: ReadonlyMap<string, string>): readonly string[] {
  return [...sysctls.keys()].map((name) => SYSCTLS + name.replaceAll('.', '/'));
}

/** A kernel parameter that the pod sets, as /proc shows it. */
function sysctl(path: string, { sysctls }: SandboxConfig): string | undefined {
  const value = sysctls?.get(path.slice(SYSCTLS.length).replaceAll('/', '.'));
  return value === undefined ? undefined : `${value}\n`;
}

/** What the kernel tells of the container's first process (proc_pid_status(5)), as far as it concerns what it may do. */
function processStatus(config: ContainerConfig, who: ContainerCredentials): string {
  const mask = (bits: bigint): string => bits.toString(16).padStart(16, '0');
  const ids = (id: number): string => `${id}\t${id}\t${id}\t${id}`;
  return [
    'Umask:\t0022',
    'State:\tS (sleeping)',
    'Pid:\t1',
    'PPid:\t0',
    `Uid:\t${ids(who.uid)}`,
    `Gid:\t${ids(who.gid)}`,
    `Groups:\t${who.groups.join(' ')} `,
    `CapInh:\t${mask(NO_CAPABILITIES)}`,
    `CapPrm:\t${mask(who.effective)}`,
    `CapEff:\t${mask(who.effective)}`,
    `CapBnd:\t${mask(who.bounding)}`,
    `CapAmb:\t${mask(NO_CAPABILITIES)}`,
    `NoNewPrivs:\t${config.noNewPrivileges === true ? 1 : 0}`,
    `Seccomp:\t${config.seccomp === true ? 2 : 0}`,
    `Seccomp_filters:\t${config.seccomp === true ? 1 : 0}`,
    '',
  ].join('\n');
}

function generate(
  path: string,
  spec: ImageSpec,
  container: ContainerConfig,
  { config, status }: Sandbox,
  who: ContainerCredentials,
): string | undefined {
  switch (path) {
    case '/etc/group':
      return groupFile(spec);
    case '/etc/passwd':
      return passwdFile(spec);
    case '/proc/1/status':
    case '/proc/self/status':
      return processStatus(container, who);
    case '/proc/1/uid_map':
    case '/proc/self/uid_map': {
      const { userNamespace } = config;
      const columns = userNamespace === undefined ? [0, 0, 4_294_967_295] : [0, userNamespace, 65_536];
      return `${columns.map((column) => String(column).padStart(10)).join(' ')}\n`;
    }
    case '/proc/1/attr/current':
    case '/proc/self/attr/current':
      return `${container.appArmor ?? 'cri-containerd.apparmor.d (enforce)'}\n`;
    case '/etc/hostname':
      return `${config.hostname}\n`;
    case '/etc/hosts': {
      const lines = [
        '# Kubernetes-managed hosts file.',
        '127.0.0.1\tlocalhost',
        '::1\tlocalhost ip6-localhost',
      ];
      const { fqdn } = config;
      const names = fqdn === undefined ? config.hostname : `${fqdn}\t${fqdn.slice(0, fqdn.indexOf('.'))}`;
      for (const ip of status.ips) lines.push(`${ip}\t${names}`);
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
      return path.startsWith(SYSCTLS) ? sysctl(path, config) : undefined;
  }
}
