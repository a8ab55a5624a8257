import { describe, expect, it } from 'vitest';
import { VolumeFiles } from '../../../src/kubelet/files.ts';
import { TestMachine } from './machine.ts';

const SLEEP = { command: ['sleep', '36000'] };

describe('the user of a container', () => {
  it('is what the pod says, with the groups it adds (kubernetes.io/docs/tasks/configure-pod-container/security-context)', () => {
    const m = new TestMachine();
    const { id } = m.pod('busybox:1.36', { ...SLEEP, user: { uid: 1000, gid: 3000, groups: [4000, 2000] } });
    expect(m.sh(id, 'id')).toBe('uid=1000 gid=3000 groups=2000,3000,4000\n');
    expect(m.sh(id, 'whoami')).toBe('whoami: unknown uid 1000\n');
    expect(m.sh(id, 'ps')).toContain('    1 1000      0:00 sleep 36000\n');
    expect(m.sh(id, 'echo $HOME')).toBe('/\n');
    expect(m.status(id).user).toEqual({ uid: 1000, gid: 3000, supplementalGroups: [2000, 3000, 4000] });
  });

  it('is root with the groups of the image, unless only the pod names groups', () => {
    const m = new TestMachine();
    expect(m.sh(m.pod('busybox:1.36', SLEEP).id, 'id')).toBe(
      'uid=0(root) gid=0(root) groups=0(root),10(wheel)\n',
    );
    const strict = m.pod('busybox:1.36', { ...SLEEP, user: { groups: [7], strictGroups: true } });
    expect(m.sh(strict.id, 'id -G')).toBe('0 7\n');
  });

  it("is the image's where the pod names none, by the names of its /etc/passwd", () => {
    const m = new TestMachine();
    const { id } = m.pod('nginxinc/nginx-unprivileged');
    expect(m.sh(id, 'whoami; id -u; id -gn; echo $HOME')).toBe('nginx\n101\nnginx\n/home/nginx\n');
  });

  it('has the group 0 when it is not in /etc/passwd and no group is named', () => {
    const m = new TestMachine();
    expect(m.sh(m.pod('busybox:1.36', { ...SLEEP, user: { uid: 4711 } }).id, 'id')).toBe(
      'uid=4711 gid=0(root) groups=0(root)\n',
    );
  });
});

describe('rights on files', () => {
  const mounted = (mode: number, gid = 0) => {
    const files = new VolumeFiles(undefined, { mode, uid: 0, gid });
    return { files, mounts: [{ mountPath: '/data/demo', files, path: '', readOnly: false }] };
  };

  it('give what is made in a directory of fsGroup to that group', () => {
    const m = new TestMachine();
    const { mounts } = mounted(0o2777, 2000);
    const { id } = m.pod('busybox:1.36', {
      ...SLEEP,
      mounts,
      user: { uid: 1000, gid: 3000, groups: [2000] },
    });
    expect(m.sh(id, 'cd /data && ls -l')).toContain('drwxrwsrwx    1 root     2000');
    m.sh(id, 'echo hello > /data/demo/testfile; mkdir /data/demo/below');
    const listed = m.sh(id, 'ls -l /data/demo');
    expect(listed).toContain('-rw-r--r--    1 1000     2000             6 testfile');
    expect(listed).toContain('drwxr-sr-x    1 1000     2000          4096 below');
  });

  it('keep a user out of a fresh disk that is root’s', () => {
    const m = new TestMachine();
    const { mounts } = mounted(0o755);
    const { id } = m.pod('busybox:1.36', { ...SLEEP, mounts, user: { uid: 1000 } });
    expect(m.sh(id, 'touch /data/demo/x')).toBe('touch: /data/demo/x: Permission denied\n');
    expect(m.sh(id, 'touch /etc/x /tmp/x; ls /root')).toBe(
      "touch: /etc/x: Permission denied\nls: can't open '/root': Permission denied\n",
    );
  });

  it('stop reading too, of all but root, who needs CAP_DAC_OVERRIDE for what is not his', () => {
    const m = new TestMachine();
    const { files, mounts } = mounted(0o755);
    files.set('secret', 'x', { mode: 0o400, uid: 1000 });
    const cat = (config: object) =>
      m.sh(m.pod('busybox:1.36', { ...SLEEP, mounts, ...config }).id, 'cat /data/demo/secret');
    expect(cat({ user: { uid: 1000 } })).toBe('x');
    expect(cat({ user: { uid: 1001 } })).toBe('cat: /data/demo/secret: Permission denied\n');
    expect(cat({})).toBe('x');
    expect(cat({ capabilities: { add: [], drop: ['ALL'] } })).toBe(
      'cat: /data/demo/secret: Permission denied\n',
    );
  });

  it('change by chmod and chown, for who may', () => {
    const m = new TestMachine();
    const { id } = m.pod('busybox:1.36', SLEEP);
    expect(
      m.sh(
        id,
        'touch /tmp/a; chmod 640 /tmp/a; chmod g+w,o=r /tmp/a; chown 5:daemon /tmp/a; stat -c "%a %u %G" /tmp/a',
      ),
    ).toBe('664 5 daemon\n');
    const { id: stranger } = m.pod('busybox:1.36', { ...SLEEP, user: { uid: 1000 } });
    expect(m.sh(stranger, 'touch /tmp/b; chmod 600 /tmp/b; chown root /tmp/b; chmod 777 /etc/hosts')).toBe(
      'chown: /tmp/b: Operation not permitted\nchmod: /etc/hosts: Operation not permitted\n',
    );
  });

  it('made in one container of a pod are seen in the other', () => {
    const m = new TestMachine();
    const { mounts } = mounted(0o777);
    const first = m.pod('busybox:1.36', { ...SLEEP, mounts });
    const second = m.pod('busybox:1.36', { ...SLEEP, mounts });
    m.sh(first.id, 'mkdir /data/demo/empty');
    expect(m.sh(second.id, 'ls /data/demo')).toBe('empty\n');
    expect(m.sh(second.id, 'rmdir /data/demo/empty; ls /data/demo')).toBe('');
  });
});

describe('a read-only root file system', () => {
  it('refuses writes with EROFS, and lets volumes be written', () => {
    const m = new TestMachine();
    const files = new VolumeFiles();
    const mounts = [{ mountPath: '/tmp', files, path: '', readOnly: false }];
    const { id } = m.pod('busybox:1.36', { ...SLEEP, mounts, readOnlyRootFilesystem: true });
    expect(m.sh(id, 'touch /a; touch /tmp/b; ls /tmp')).toBe('touch: /a: Read-only file system\nb\n');
  });

  it('is enough for nginx once its cache and its pid file have volumes', () => {
    const m = new TestMachine();
    const volume = (mountPath: string) => ({
      mountPath,
      files: new VolumeFiles(),
      path: '',
      readOnly: false,
    });
    const some = m.pod('nginx', { readOnlyRootFilesystem: true, mounts: [volume('/var/cache/nginx')] });
    expect(m.logs(some.id)).toContain(
      'nginx: [emerg] open() "/run/nginx.pid" failed (30: Read-only file system)',
    );
    const all = m.pod('nginx', {
      readOnlyRootFilesystem: true,
      mounts: [volume('/var/cache/nginx'), volume('/run')],
    });
    expect(m.get(all.network.ip, 80).status).toBe(200);
  });
});

describe('capabilities', () => {
  const status = (config: object, image = 'busybox:1.36') => {
    const m = new TestMachine();
    return m.sh(m.pod(image, { ...SLEEP, ...config }).id, 'cat /proc/1/status');
  };

  it('show in /proc as the documentation has them', () => {
    expect(status({})).toContain('CapPrm:\t00000000a80425fb\nCapEff:\t00000000a80425fb\n');
    expect(status({ capabilities: { add: ['NET_ADMIN', 'SYS_TIME'], drop: [] } })).toContain(
      'CapPrm:\t00000000aa0435fb\n',
    );
    expect(status({ capabilities: { add: ['NET_BIND_SERVICE'], drop: ['ALL'] } })).toContain(
      'CapEff:\t0000000000000400\n',
    );
    expect(status({ privileged: true })).toContain('CapEff:\t000001ffffffffff\n');
    expect(status({ user: { uid: 1000 } })).toContain(
      'CapEff:\t0000000000000000\nCapBnd:\t00000000a80425fb\n',
    );
    expect(status({ noNewPrivileges: true, seccomp: true })).toContain('NoNewPrivs:\t1\nSeccomp:\t2\n');
  });

  it('decide who binds low ports in the network of the host, and nobody else’s', () => {
    const m = new TestMachine();
    const user = { user: { uid: 101 } };
    const run = (hostNetwork: boolean, config: object) => {
      const { id } = m.container(m.sandbox({ hostNetwork }), 'registry.k8s.io/e2e-test-images/agnhost:2.53', {
        args: ['netexec', '--http-port=80'],
        ...config,
      });
      m.run(2000);
      return m.status(id).state;
    };
    expect(run(false, user)).toBe('running');
    expect(run(true, user)).toBe('exited');
    expect(run(true, { capabilities: { add: [], drop: ['ALL'] } })).toBe('exited');
    expect(run(true, { capabilities: { add: ['NET_BIND_SERVICE'], drop: ['ALL'] } })).toBe('running');
  });

  it('are what nginx and the entrypoints of databases need to step down from root', () => {
    const m = new TestMachine();
    const none = { capabilities: { add: [], drop: ['ALL'] } };
    expect(m.logs(m.pod('nginx', none).id)).toContain(
      'nginx: [emerg] chown("/var/cache/nginx/client_temp", 101) failed (1: Operation not permitted)',
    );
    expect(m.logs(m.pod('redis', none).id)).toContain('failed switching to "redis": operation not permitted');
    const some = { capabilities: { add: ['CHOWN', 'SETGID', 'SETUID'], drop: ['ALL'] } };
    expect(m.get(m.pod('nginx', some).network.ip, 80).status).toBe(200);
  });
});

describe('chroot', () => {
  it('makes a mounted directory the root, for who has CAP_SYS_CHROOT', () => {
    const m = new TestMachine();
    const files = new VolumeFiles();
    files.set('etc/kubernetes/kubelet.conf', 'server: x\n');
    const mounts = [{ mountPath: '/host', files, path: '', readOnly: false }];
    const { id } = m.pod('busybox:1.36', { ...SLEEP, mounts });
    expect(m.sh(id, 'chroot /host cat /etc/kubernetes/kubelet.conf')).toBe('server: x\n');
    expect(m.sh(id, 'chroot /nowhere')).toBe(
      "chroot: can't change root directory to '/nowhere': No such file or directory\n",
    );
    const { id: stranger } = m.pod('busybox:1.36', { ...SLEEP, mounts, user: { uid: 1 } });
    expect(m.sh(stranger, 'chroot /host ls')).toContain('Operation not permitted');
  });
});

describe('processes', () => {
  it('of a pod that shares them are seen and signalled from each of its containers', () => {
    const m = new TestMachine();
    const sandbox = m.sandbox();
    const nginx = m.container(sandbox, 'nginx', { processes: 'pod' });
    const shell = m.container(sandbox, 'busybox:1.36', { ...SLEEP, name: 'shell', processes: 'pod' });
    m.run(1000);
    expect(m.sh(shell.id, 'ps')).toMatch(
      /1 65535 .*\/pause\n +7 root .*nginx -g daemon off;\n +8 root .*sleep 36000\n/,
    );
    m.sh(shell.id, 'kill 7');
    m.run(1000);
    expect(m.status(nginx.id)).toMatchObject({ state: 'exited', exitCode: 0 });
    expect(m.sh(shell.id, 'ps')).not.toContain('nginx');
  });

  it('of the whole machine are seen and signalled by who shares its process numbers (hostPID)', () => {
    const m = new TestMachine();
    const nginx = m.pod('nginx');
    const { id } = m.pod('busybox:1.36', { ...SLEEP, processes: 'machine' });
    const shown = m.sh(id, 'ps');
    expect(shown).toContain('    1 root      0:00 /sbin/init\n');
    const pid = /(\d+) root +0:00 nginx/.exec(shown)?.[1];
    m.sh(id, `kill -9 ${pid}`);
    expect(m.status(nginx.id)).toMatchObject({ state: 'exited', exitCode: 137 });
  });

  it('of a target are seen by the container that debugs it, whose own they are not', () => {
    const m = new TestMachine();
    const sandbox = m.sandbox();
    const { id } = m.container(sandbox, 'nginx');
    const other = m.container(sandbox, 'busybox:1.36', { ...SLEEP, name: 'other' });
    const debug = m.container(sandbox, 'busybox:1.36', { ...SLEEP, name: 'd', processes: { target: id } });
    m.run(1000);
    expect(m.sh(debug.id, 'ps')).toContain(
      '    1 root      0:00 nginx -g daemon off;\n    2 root      0:00 sleep 36000\n',
    );
    expect(m.sh(debug.id, 'cat /proc/1/root/etc/nginx/nginx.conf')).toContain('nginx.pid');
    expect(m.sh(other.id, 'ps')).not.toContain('nginx');
  });
});
