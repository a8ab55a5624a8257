import type { ContainerConfig, LinuxUser } from '../cri.ts';
import { ALL_CAPABILITIES, type Credentials, capabilityBit, NO_CAPABILITIES } from '../tools/credentials.ts';
import { type Account, accountsOf } from './accounts.ts';
import type { ImageSpec } from './imagespec.ts';

/** What containerd leaves a container that is not privileged: mask a80425fb. */
const DEFAULT_CAPABILITIES = [
  'CHOWN',
  'DAC_OVERRIDE',
  'FSETID',
  'FOWNER',
  'MKNOD',
  'NET_RAW',
  'SETGID',
  'SETUID',
  'SETFCAP',
  'SETPCAP',
  'NET_BIND_SERVICE',
  'SYS_CHROOT',
  'KILL',
  'AUDIT_WRITE',
].reduce((mask, name) => mask | capabilityBit(name), NO_CAPABILITIES);
/** A user that the image does not have under the name it gives. */
const UNKNOWN_USER = 65_532;

/** What a container's processes are and may: its first program's credentials and the bounding set. */
export interface ContainerCredentials extends Credentials {
  /** What a process with uid 0 would have. */
  readonly bounding: bigint;
  /** The same as statuses show it. */
  readonly linux: LinuxUser;
  /** $HOME, as /etc/passwd has it. */
  readonly home: string;
}

/** By image: most containers of an image say nothing of users and capabilities. */
const plain = new WeakMap<ImageSpec, ContainerCredentials>();

/** Who a container's program runs as: the pod's wishes over the image's (internal/cri/server container_create_linux.go). */
export function credentialsOf(spec: ImageSpec, config: ContainerConfig): ContainerCredentials {
  const { user, capabilities, privileged } = config;
  if (user !== undefined || capabilities !== undefined || privileged) return resolve(spec, config);
  let found = plain.get(spec);
  if (found === undefined) {
    found = resolve(spec, config);
    plain.set(spec, found);
  }
  return found;
}

function resolve(spec: ImageSpec, config: ContainerConfig): ContainerCredentials {
  const { user = {} } = config;
  const [imageUser = '', imageGroup = ''] = user.uid === undefined ? (spec.user ?? '').split(':') : [];
  const accounts = accountsOf(spec);
  const uid = user.uid ?? uidOf(accounts.users, imageUser);
  const account = accounts.users.find((one) => one.uid === uid);
  const gid = user.gid ?? gidOf(spec, imageGroup) ?? account?.gid ?? 0;
  const groups = new Set<number>([gid, ...(user.groups ?? [])]);
  // supplementalGroupsPolicy Strict: what the image's /etc/group says of the user does not count.
  if (user.strictGroups !== true && account !== undefined)
    for (const group of accounts.groups) if (group.members.includes(account.name)) groups.add(group.gid);
  const bounding = boundingOf(config);
  const all = Object.freeze([...groups].sort((a, b) => a - b));
  return {
    uid,
    gid,
    groups: all,
    linux: Object.freeze({ uid, gid, supplementalGroups: all }),
    bounding,
    effective: uid === 0 ? bounding : NO_CAPABILITIES,
    home: account?.home ?? '/',
  };
}

function uidOf(users: readonly Account[], name: string): number {
  if (name === '') return 0;
  if (/^\d+$/.test(name)) return Number(name);
  return users.find((user) => user.name === name)?.uid ?? UNKNOWN_USER;
}

function gidOf(spec: ImageSpec, name: string): number | undefined {
  if (name === '') return undefined;
  if (/^\d+$/.test(name)) return Number(name);
  return accountsOf(spec).groups.find((group) => group.name === name)?.gid;
}

/** Adding comes before dropping unless it is ALL that is dropped (containerd, generateSpecOpts). */
function boundingOf({ capabilities, privileged }: ContainerConfig): bigint {
  if (privileged) return ALL_CAPABILITIES;
  if (capabilities === undefined) return DEFAULT_CAPABILITIES;
  const { add, drop } = capabilities;
  const isAll = (name: string): boolean => name.toUpperCase() === 'ALL';
  let mask = DEFAULT_CAPABILITIES;
  if (add.some(isAll)) mask = ALL_CAPABILITIES;
  if (drop.some(isAll)) mask = NO_CAPABILITIES;
  for (const name of add) if (!isAll(name)) mask |= capabilityBit(name);
  for (const name of drop) if (!isAll(name)) mask &= ~capabilityBit(name);
  return mask;
}
