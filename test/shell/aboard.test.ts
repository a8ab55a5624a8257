import { describe, expect, it } from 'vitest';
import { barePod, create, nodeStates, podNamed, pods, until, withWeb } from '../cluster/harness.ts';
import { printed, Terminal } from './harness.ts';

/** A terminal in a session aboard a machine. */
function aboard(machine: string, terminal = new Terminal()): Terminal {
  terminal.run(`ssh ${machine}`);
  return terminal;
}

describe('ssh', () => {
  it.each([
    ['by name', 'ssh n1 hostname', 'n1\n', '', 0],
    ['by address', 'ssh 192.168.0.12 hostname', 'n2\n', '', 0],
    ['as somebody', 'ssh root@n2 whoami', 'root\n', '', 0],
    ['from one machine to the next', 'ssh n1 ssh n2 hostname', 'n2\n', '', 0],
    ['with an exit code', 'ssh n1 exit 7', '', '', 7],
    ['for an unknown command', 'ssh n1 foo', '', 'bash: line 1: foo: command not found\n', 127],
    ['to nowhere', 'ssh n9', '', 'ssh: Could not resolve hostname n9: Name or service not known\n', 255],
    ['without a machine', 'ssh', '', 'ssh: which node?\nusage: ssh NODE [COMMAND ...]\n', 2],
    ['in a pipe', 'ssh n1 ls /etc/kubernetes | wc -l', '3\n', '', 0],
  ])('runs %s', (_, line, out, err, code) => {
    expect(new Terminal().run(line)).toEqual({ out, err, code });
  });

  it('reads lines aboard until exit or Ctrl+D, and has its own directory', () => {
    const terminal = aboard('n1');
    expect(terminal.reading).toBe('root@n1:/# ');
    terminal.type('cd /etc/kubernetes');
    expect(terminal.reading).toBe('root@n1:/etc/kubernetes# ');
    expect(terminal.type('ls').out).toBe('kubelet.conf\nmanifests\npki\n');
    expect(terminal.type('exit')).toMatchObject({ code: 0 });
    expect(printed(terminal, 'pwd')).toBe('/\n');
    terminal.run('ssh n1');
    expect(terminal.reading).toBe('root@n1:/# ');
    expect(terminal.type(undefined)).toMatchObject({ code: 0 });
  });

  it('waits in vain for a machine that is cut off or has no power', () => {
    const terminal = new Terminal();
    terminal.cluster.inject({ kind: 'NetworkCut', node: 'n1' });
    terminal.cluster.inject({ kind: 'NodeDown', node: 'n2' });
    expect(terminal.run('ssh n1')).toEqual({
      out: '',
      err: 'ssh: connect to host n1 port 22: Connection timed out\n',
      code: 255,
    });
    expect(terminal.run('ssh n2 ls')).toEqual({
      out: '',
      err: 'ssh: connect to host n2 port 22: No route to host\n',
      code: 255,
    });
  });

  it('ends when the machine loses power', () => {
    const terminal = aboard('n1');
    terminal.cluster.inject({ kind: 'NodeDown', node: 'n1' });
    expect(terminal.type('ls')).toEqual({
      out: '',
      err: 'Connection to n1 closed by remote host.\n',
      code: 255,
    });
  });
});

describe('reboot and poweroff', () => {
  it('reboot ends the session and brings the machine back with its pods', () => {
    const cluster = withWeb(2);
    const session = aboard('n1', new Terminal({ cluster }));
    expect(session.type('reboot')).toEqual({
      out: '',
      err: 'Connection to n1 closed by remote host.\n',
      code: 255,
    });
    expect(cluster.machines.get('n1')?.powered).toBe(false);
    expect(session.shell.changes).toBe(1);
    cluster.runFor(20_000);
    expect(cluster.machines.get('n1')?.powered).toBe(true);
    expect(
      until(
        cluster,
        () => pods(cluster).every(({ status }) => status?.containerStatuses?.[0]?.ready === true),
        60_000,
      ),
    ).toBeDefined();
    expect(printed(session, 'ssh n1 hostname')).toBe('n1\n');
  });

  it('poweroff is for good', () => {
    const terminal = new Terminal();
    expect(terminal.run('ssh n1 poweroff').code).toBe(255);
    terminal.cluster.runFor(60_000);
    expect(nodeStates(terminal.cluster).n1).toBe('Unknown');
    expect(terminal.run('ssh n1 ls').err).toBe('ssh: connect to host n1 port 22: No route to host\n');
  });

  it.each(['reboot now', 'poweroff now'])('%s is refused: nothing but now is done', (line) => {
    const terminal = new Terminal();
    expect(terminal.run(`ssh n1 ${line}`).code).toBe(2);
    expect(terminal.cluster.machines.get('n1')?.powered).toBe(true);
  });
});

describe('aboard a machine', () => {
  it('moving the manifest of the scheduler away stops it, and moving it back starts it', () => {
    const session = aboard('control-plane');
    const { cluster } = session;
    const state = () => cluster.componentStates().find(({ name }) => name === 'kube-scheduler')?.state;
    expect(session.type('mv /etc/kubernetes/manifests/kube-scheduler.yaml /tmp')).toMatchObject({
      out: '',
      err: '',
    });
    expect(session.type('ls /etc/kubernetes/manifests /tmp').out).toContain('/tmp:\nkube-scheduler.yaml\n');
    session.wait(5_000);
    expect(state()).toBe('down');
    create(cluster, barePod('late'));
    session.wait(30_000);
    expect(podNamed(cluster, 'late')?.status?.phase).toBe('Pending');
    session.type('mv /tmp/kube-scheduler.yaml /etc/kubernetes/manifests/');
    session.wait(60_000);
    expect(state()).toBe('running');
    expect(podNamed(cluster, 'late')?.status?.phase).toBe('Running');
  });

  it('a file put among the manifests of a worker becomes a static pod, and goes with it', () => {
    const session = aboard('n1');
    session.type(
      'printf "apiVersion: v1\\nkind: Pod\\nmetadata: {name: s}\\nspec:\\n  containers: [{name: c, image: nginx}]\\n" > /etc/kubernetes/manifests/s.yaml',
    );
    session.wait(30_000);
    expect(podNamed(session.cluster, 's-n1')?.status?.phase).toBe('Running');
    session.type('rm /etc/kubernetes/manifests/s.yaml');
    session.wait(60_000);
    expect(podNamed(session.cluster, 's-n1')).toBeUndefined();
  });

  it.each([
    [
      '/etc/kubernetes/manifests',
      'etcd.yaml\nkube-apiserver.yaml\nkube-controller-manager.yaml\nkube-scheduler.yaml\n',
    ],
    [
      '/etc/kubernetes',
      'admin.conf\ncontroller-manager.conf\nkubelet.conf\nmanifests\npki\nscheduler.conf\n',
    ],
    ['/var/lib/kubelet', 'config.yaml\nkubeadm-flags.env\n'],
  ])('the control plane has the files of kubeadm in %s', (folder, names) => {
    expect(printed(new Terminal(), `ssh control-plane ls ${folder}`)).toBe(names);
  });

  it('files tell how the components are run', () => {
    const terminal = new Terminal();
    expect(printed(terminal, 'ssh n1 grep staticPodPath /var/lib/kubelet/config.yaml')).toBe(
      'staticPodPath: /etc/kubernetes/manifests\n',
    );
    expect(printed(terminal, 'ssh n1 grep server /etc/kubernetes/kubelet.conf')).toBe(
      '    server: https://192.168.0.10:6443\n',
    );
    expect(
      printed(terminal, 'ssh control-plane cat /etc/kubernetes/manifests/kube-scheduler.yaml'),
    ).toContain('- --leader-elect=true\n');
    expect(
      printed(terminal, 'ssh n1 cat /usr/lib/systemd/system/kubelet.service.d/10-kubeadm.conf'),
    ).toContain('ExecStart=/usr/bin/kubelet');
  });

  it('ps shows what runs, as the notes look for it', () => {
    const terminal = new Terminal();
    expect(printed(terminal, 'ssh control-plane "ps -aux | grep kube-scheduler"')).toMatch(
      /^ *\d+ root +0:00 kube-scheduler --authentication-kubeconfig=\/etc\/kubernetes\/scheduler\.conf --authorization-kubeconfig=\/etc\/kubernetes\/scheduler\.conf --bind-address=127\.0\.0\.1 --kubeconfig=\/etc\/kubernetes\/scheduler\.conf --leader-elect=true\n$/,
    );
    const worker = printed(terminal, 'ssh n1 ps');
    for (const program of ['/usr/bin/kubelet ', '/usr/bin/containerd', '/usr/local/bin/kube-proxy --config'])
      expect(worker).toContain(program);
    expect(worker).not.toContain('kube-scheduler');
  });

  it('kill ends a process, and whoever looks after it starts it again', () => {
    const session = aboard('control-plane');
    const pidOf = (name: string) =>
      session
        .type('ps')
        .out.split('\n')
        .find((line) => line.includes(` ${name} `))
        ?.trim()
        .split(' ')[0] ?? '';
    const scheduler = pidOf('kube-scheduler');
    session.type(`kill -9 ${scheduler}`);
    expect(pidOf('kube-scheduler')).toBe('');
    session.wait(30_000);
    expect(pidOf('kube-scheduler')).not.toBe('');
    session.type(`kill ${pidOf('/usr/bin/kubelet')}`);
    expect(session.type('systemctl is-active kubelet').out).toBe('activating\n');
    expect(session.type('kill 99999').err).toBe("sh: can't kill pid 99999: No such process\n");
  });

  it('curl sees the node port and the pods from the machine itself', () => {
    const cluster = withWeb(1);
    const terminal = new Terminal({ cluster });
    expect(printed(terminal, 'ssh n1 "curl -s 192.168.0.11:30080 | head -1"')).toBe('<!DOCTYPE html>\n');
    const ip = pods(cluster)[0]?.status?.podIP;
    expect(printed(terminal, `ssh n2 "curl -s ${ip} | head -1"`)).toBe('<!DOCTYPE html>\n');
    expect(terminal.run(`curl -s -m 2 ${ip}`).code).not.toBe(0);
  });
});
