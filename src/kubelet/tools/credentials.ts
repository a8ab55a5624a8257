/** Who a process is, as the kernel sees it: user, groups and capabilities. */
export interface Credentials {
  readonly uid: number;
  readonly gid: number;
  /** All its groups, the first one among them, ascending. */
  readonly groups: readonly number[];
  /** Bit n: capability n of linux/capability.h is in force. */
  readonly effective: bigint;
}

/** Owner and permission bits of a file or directory. */
export interface Rights {
  /** Permission bits with setgid (0o2000) and sticky (0o1000). */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

export const READ = 4;
export const WRITE = 2;
export const EXECUTE = 1;
export const SETGID = 0o2000;

/** linux/capability.h, in the order of the bits. */
const NAMES = [
  'CHOWN',
  'DAC_OVERRIDE',
  'DAC_READ_SEARCH',
  'FOWNER',
  'FSETID',
  'KILL',
  'SETGID',
  'SETUID',
  'SETPCAP',
  'LINUX_IMMUTABLE',
  'NET_BIND_SERVICE',
  'NET_BROADCAST',
  'NET_ADMIN',
  'NET_RAW',
  'IPC_LOCK',
  'IPC_OWNER',
  'SYS_MODULE',
  'SYS_RAWIO',
  'SYS_CHROOT',
  'SYS_PTRACE',
  'SYS_PACCT',
  'SYS_ADMIN',
  'SYS_BOOT',
  'SYS_NICE',
  'SYS_RESOURCE',
  'SYS_TIME',
  'SYS_TTY_CONFIG',
  'MKNOD',
  'LEASE',
  'AUDIT_WRITE',
  'AUDIT_CONTROL',
  'SETFCAP',
  'MAC_OVERRIDE',
  'MAC_ADMIN',
  'SYSLOG',
  'WAKE_ALARM',
  'BLOCK_SUSPEND',
  'AUDIT_READ',
  'PERFMON',
  'BPF',
  'CHECKPOINT_RESTORE',
] as const;

export type Capability = (typeof NAMES)[number];

export const ALL_CAPABILITIES = (1n << BigInt(NAMES.length)) - 1n;
export const NO_CAPABILITIES = 0n;

/** The bit of a capability, with or without `CAP_`; 0 for one that the kernel does not know. */
export function capabilityBit(name: string): bigint {
  const bare = name.toUpperCase().replace(/^CAP_/, '');
  if (bare === 'ALL') return ALL_CAPABILITIES;
  const bit = (NAMES as readonly string[]).indexOf(bare);
  return bit < 0 ? 0n : 1n << BigInt(bit);
}

const bits = new Map<Capability, bigint>(NAMES.map((name) => [name, capabilityBit(name)]));

/** Whether the process may do what the capability allows. */
export function isCapable({ effective }: Credentials, capability: Capability): boolean {
  return (effective & (bits.get(capability) as bigint)) !== 0n;
}

/** A process that may do everything, as on a machine of one's own. */
export const SUPERUSER: Credentials = Object.freeze({
  uid: 0,
  gid: 0,
  groups: Object.freeze([0]),
  effective: ALL_CAPABILITIES,
});

/** Whether a process may `wanted` (READ, WRITE, EXECUTE or several) a file or directory: path_resolution(7). */
export function permits(rights: Rights, who: Credentials, wanted: number): boolean {
  if (isCapable(who, 'DAC_OVERRIDE')) return true;
  const { mode, uid, gid } = rights;
  let shift = 0;
  if (who.uid === uid) shift = 6;
  else if (who.groups.includes(gid)) shift = 3;
  return ((mode >> shift) & wanted) === wanted;
}
