import type { ImageSpec } from './imagespec.ts';

/** A user of an image: a line of its /etc/passwd. */
export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
  readonly shell: string;
}

/** A group of an image: a line of its /etc/group. */
export interface Group {
  readonly name: string;
  readonly gid: number;
  readonly members: readonly string[];
}

/** The users and groups that an image has. */
export interface Accounts {
  readonly users: readonly Account[];
  readonly groups: readonly Group[];
}

type UserRow = readonly [name: string, uid: number, gid: number, home: string];
type GroupRow = readonly [name: string, gid: number, ...members: string[]];

/** What a base image brings along. */
interface Base {
  readonly users: readonly UserRow[];
  readonly groups: readonly GroupRow[];
  readonly shell: string;
}

const DEBIAN: Base = {
  users: [
    ['root', 0, 0, '/root'],
    ['daemon', 1, 1, '/usr/sbin'],
    ['bin', 2, 2, '/bin'],
    ['mail', 8, 8, '/var/mail'],
    ['www-data', 33, 33, '/var/www'],
    ['backup', 34, 34, '/var/backups'],
    ['nobody', 65534, 65534, '/nonexistent'],
  ],
  groups: [
    ['root', 0],
    ['daemon', 1],
    ['bin', 2],
    ['adm', 4],
    ['tty', 5],
    ['disk', 6],
    ['mail', 8],
    ['www-data', 33],
    ['backup', 34],
    ['staff', 50],
    ['users', 100],
    ['nogroup', 65534],
  ],
  shell: '/bin/bash',
};

const ALPINE: Base = {
  users: [
    ['root', 0, 0, '/root'],
    ['bin', 1, 1, '/bin'],
    ['daemon', 2, 2, '/sbin'],
    ['mail', 8, 12, '/var/mail'],
    ['guest', 405, 100, '/dev/null'],
    ['nobody', 65534, 65534, '/'],
  ],
  groups: [
    ['root', 0, 'root'],
    ['bin', 1, 'root', 'bin', 'daemon'],
    ['daemon', 2, 'root', 'bin', 'daemon'],
    ['sys', 3, 'root', 'bin'],
    ['adm', 4, 'root', 'daemon'],
    ['tty', 5],
    ['disk', 6, 'root'],
    ['wheel', 10, 'root'],
    ['floppy', 11, 'root'],
    ['mail', 12, 'mail'],
    ['dialout', 20, 'root'],
    ['tape', 26, 'root'],
    ['video', 27, 'root'],
    ['www-data', 82],
    ['users', 100],
    ['nobody', 65534],
  ],
  shell: '/bin/sh',
};

const BUSYBOX: Base = {
  users: [
    ['root', 0, 0, '/root'],
    ['daemon', 1, 1, '/usr/sbin'],
    ['bin', 2, 2, '/bin'],
    ['mail', 8, 8, '/var/spool/mail'],
    ['www-data', 33, 33, '/var/www'],
    ['operator', 37, 37, '/var'],
    ['nobody', 65534, 65534, '/home'],
  ],
  groups: [
    ['root', 0],
    ['daemon', 1],
    ['bin', 2],
    ['mail', 8],
    ['wheel', 10, 'root'],
    ['www-data', 33],
    ['users', 100],
    ['nobody', 65534],
  ],
  shell: '/bin/sh',
};

const DISTROLESS: Base = {
  users: [
    ['root', 0, 0, '/root'],
    ['nobody', 65534, 65534, '/nonexistent'],
    ['nonroot', 65532, 65532, '/home/nonroot'],
  ],
  groups: [
    ['root', 0],
    ['nobody', 65534],
    ['nonroot', 65532],
  ],
  shell: '/sbin/nologin',
};

function baseOf({ tools }: ImageSpec): Base {
  if (tools.has('apk')) return ALPINE;
  if (tools.has('apt')) return DEBIAN;
  return tools.has('sh') ? BUSYBOX : DISTROLESS;
}

const known = new WeakMap<ImageSpec, Accounts>();

/** The users and groups of an image: those of its base and those that it adds itself. */
export function accountsOf(spec: ImageSpec): Accounts {
  let accounts = known.get(spec);
  if (accounts === undefined) {
    accounts = readAccounts(spec);
    known.set(spec, accounts);
  }
  return accounts;
}

function readAccounts(spec: ImageSpec): Accounts {
  const base = baseOf(spec);
  const users: Account[] = base.users.map(([name, uid, gid, home]) => ({
    name,
    uid,
    gid,
    home,
    shell: uid === 0 ? base.shell : '/usr/sbin/nologin',
  }));
  const groups: Group[] = base.groups.map(([name, gid, ...members]) => ({ name, gid, members }));
  for (const { name, uid, gid } of spec.users) {
    if (users.some((user) => user.name === name)) continue;
    users.push({ name, uid, gid, home: `/home/${name}`, shell: base.shell });
    if (!groups.some((group) => group.gid === gid)) groups.push({ name, gid, members: [] });
  }
  return { users, groups };
}

/** The image's /etc/passwd. */
export function passwdFile(spec: ImageSpec): string {
  return accountsOf(spec)
    .users.map(({ name, uid, gid, home, shell }) => `${name}:x:${uid}:${gid}:${name}:${home}:${shell}\n`)
    .join('');
}

/** The image's /etc/group. */
export function groupFile(spec: ImageSpec): string {
  return accountsOf(spec)
    .groups.map(({ name, gid, members }) => `${name}:x:${gid}:${members.join(',')}\n`)
    .join('');
}
