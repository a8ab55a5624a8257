import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { nameOf } from '../../src/api/object.ts';
import { whyTexts } from '../../src/ui/texts/whytexts.ts';
import {
  barePod,
  booted,
  create,
  podNamed,
  pods,
  webDeployment,
  webService,
  withWeb,
} from '../cluster/harness.ts';
import { printed, Terminal } from './harness.ts';

/** A terminal in a session aboard a machine. */
function aboard(machine: string, terminal = new Terminal()): Terminal {
  terminal.run(`ssh ${machine}`);
  return terminal;
}

describe('help', () => {
  it('lists what can be typed in the office, and aboard', () => {
    const terminal = new Terminal();
    const office = printed(terminal, 'help');
    expect(office.split('\n').map((line) => line.split(/\s{2,}/)[0])).toEqual([
      'COMMAND',
      'help',
      'kubectl, k',
      'ssh',
      'why',
      '',
      'and the everyday ones: ls, cat, echo, grep, awk, sed, sort, head, tail, wc, diff, base64, find, xargs,',
      'vi, watch, curl, wget, nslookup, sleep, date',
      '',
    ]);
    const names = printed(terminal, 'ssh n1 help')
      .split('\n')
      .map((line) => line.split(/\s{2,}/)[0]);
    expect(names.slice(0, 9)).toEqual([
      'COMMAND',
      'crictl',
      'help',
      'journalctl',
      'kubectl, k',
      'poweroff',
      'reboot',
      'ssh',
      'systemctl',
    ]);
  });
});

describe('kubectl', () => {
  it('works in the office and on the control plane, and is refused on a worker', () => {
    const terminal = new Terminal();
    const nodes = 'node/control-plane\nnode/n1\nnode/n2\n';
    expect(printed(terminal, 'kubectl get nodes -o name')).toBe(nodes);
    expect(printed(terminal, 'k get nodes -o name')).toBe(nodes);
    expect(printed(terminal, 'ssh control-plane kubectl get nodes -o name')).toBe(nodes);
    expect(terminal.run('ssh n1 kubectl get nodes')).toEqual({
      out: '',
      err: 'The connection to the server localhost:8080 was refused - did you specify the right host or port?\n',
      code: 1,
    });
  });

  it('has a namespace of its own in each place', () => {
    const terminal = new Terminal();
    printed(terminal, 'kubectl config set-context --current --namespace=kube-system');
    expect(printed(terminal, 'kubectl get ds -o name')).toBe('daemonset.apps/kube-proxy\n');
    expect(terminal.run('ssh control-plane kubectl get ds').err).toBe(
      'No resources found in default namespace.\n',
    );
  });

  it('is refused while the API server is down, and reaches it from the control plane when only that is cut off', () => {
    const terminal = new Terminal();
    const session = aboard('control-plane', terminal);
    terminal.cluster.inject({ kind: 'NetworkCut', node: 'control-plane' });
    expect(session.type('kubectl get nodes -o name').out).toContain('node/n1\n');
    session.type('exit');
    expect(terminal.run('kubectl get nodes').code).toBe(1);
    terminal.cluster.inject({ kind: 'NetworkHeal', node: 'control-plane' });
    terminal.cluster.inject({ kind: 'ComponentStop', component: 'kube-apiserver' });
    terminal.cluster.runFor(5_000);
    expect(terminal.run('kubectl get nodes')).toMatchObject({
      err: expect.stringMatching(/The connection to the server 192\.168\.0\.10:6443 was refused/),
      code: 1,
    });
  });

  it('is recorded as the cause in its own words, wherever it was typed', () => {
    const terminal = new Terminal();
    printed(terminal, 'k create ns one; kubectl create ns two > x');
    const session = aboard('control-plane', terminal);
    session.type('k create ns three');
    session.type('exit');
    for (const name of ['one', 'two', 'three'])
      expect(printed(terminal, `why ns/${name}`)).toContain(
        `created Namespace ${name} (kubectl create ns ${name})`,
      );
  });
});

describe('systemctl', () => {
  it('stops, starts and restarts the kubelet', () => {
    const session = aboard('n1');
    const unit = session.cluster.machines.get('n1')?.kubelet;
    expect(session.type('systemctl is-active kubelet').out).toBe('active\n');
    expect(session.type('systemctl stop kubelet.service')).toEqual({ out: '', err: '', code: undefined });
    expect(unit?.state).toBe('inactive');
    expect(session.type('systemctl is-active kubelet; echo $?').out).toBe('inactive\n3\n');
    session.type('systemctl start kubelet');
    expect(unit?.state).toBe('active');
    const pid = unit?.pid;
    session.type('systemctl daemon-reload && systemctl restart kubelet');
    expect(unit?.pid).not.toBe(pid);
    session.type('systemctl kill kubelet');
    expect(session.type('systemctl is-active kubelet').out).toBe('activating\n');
  });

  it('tells the state as systemd does', () => {
    const session = aboard('n1');
    session.wait(60_000);
    const lines = session.type('systemctl status kubelet').out.split('\n');
    expect(lines.slice(0, 6)).toEqual([
      '● kubelet.service - kubelet: The Kubernetes Node Agent',
      '     Loaded: loaded (/usr/lib/systemd/system/kubelet.service; enabled; preset: enabled)',
      '    Drop-In: /usr/lib/systemd/system/kubelet.service.d',
      '             └─10-kubeadm.conf',
      expect.stringMatching(/^ {5}Active: active \(running\) since 2026-01-05 00:00:0\d UTC; \S+ ago$/),
      expect.stringMatching(/^ {3}Main PID: \d+ \(kubelet\)$/),
    ]);
    expect(lines).toContainEqual(expect.stringContaining('"Successfully registered node" node="n1"'));
    session.type('systemctl stop kubelet');
    session.wait(5_000);
    const stopped = session.type('systemctl status kubelet').out.split('\n');
    expect(stopped[0]).toBe('○ kubelet.service - kubelet: The Kubernetes Node Agent');
    expect(stopped).toContainEqual(expect.stringMatching(/Active: inactive \(dead\) since .* 5s ago$/));
  });

  it('stops containerd while containers run on, and brings it back after a kill', () => {
    const session = aboard('n1');
    session.type('systemctl stop containerd');
    expect(session.type('crictl ps').err).toMatch(/containerd\.sock: connect: connection refused/);
    session.type('systemctl start containerd');
    expect(session.type('crictl ps').out).toContain('kube-proxy');
    session.type('systemctl kill containerd');
    expect(session.type('systemctl is-active containerd').out).toBe('activating\n');
    session.wait(5_000);
    expect(session.type('systemctl is-active containerd').out).toBe('active\n');
  });

  it.each([
    ['an unknown unit', 'systemctl stop crane', 'Unit crane.service could not be found.\n', 4],
    ['an unknown verb', 'systemctl hoist kubelet', /^systemctl: Unknown command verb 'hoist'\.\nusage: /, 2],
    ['no unit', 'systemctl stop', /^systemctl: which unit\?/, 2],
    ['an unknown flag', 'systemctl --later stop kubelet', /^systemctl: /, 2],
  ])('refuses %s', (_, line, err, code) => {
    const result = new Terminal().run(`ssh n1 ${line}`);
    expect(result.code).toBe(code);
    if (typeof err === 'string') expect(result.err).toBe(err);
    else expect(result.err).toMatch(err);
  });
});

describe('journalctl', () => {
  it.each([
    'journalctl -u kubelet',
    'journalctl -xeu kubelet',
    'journalctl --unit=kubelet.service --no-pager',
    'journalctl',
  ])('%s prints the log of the kubelet', (line) => {
    const lines = printed(new Terminal(), `ssh n1 ${line}`).trimEnd().split('\n');
    expect(lines[0]).toMatch(
      /^Jan 05 00:00:0\d n1 kubelet\[\d+\]: I0105 00:00:0\d\.\d{6}\s+\d+ server\.go\] "Kubelet version" kubeletVersion="v1\.35\.\d+"$/,
    );
    expect(lines.length).toBeGreaterThan(3);
  });

  it('prints the last lines, and follows until Ctrl+C', () => {
    const terminal = new Terminal();
    expect(printed(terminal, 'ssh n1 journalctl -u kubelet -n 2').trimEnd().split('\n')).toHaveLength(2);
    expect(printed(terminal, 'ssh n1 journalctl -u kubelet -n 0')).toBe('');
    terminal.run('ssh n1 journalctl -fu kubelet -n 1');
    create(terminal.cluster, barePod('new', { nodeName: 'n1' }));
    expect(terminal.wait(5_000).out).toContain('"SyncLoop ADD" source="api" pods=["default/new"]');
    expect(terminal.interrupt().code).toBe(130);
  });

  it.each([
    ['-u containerd', { out: '-- No entries --\n', code: 0 }],
    [
      '-n many',
      { err: expect.stringMatching(/^journalctl: the number of lines must be a whole number/), code: 2 },
    ],
    ['-u', { err: expect.stringMatching(/^journalctl: which unit\?/), code: 2 }],
    ['--vacuum', { err: expect.stringMatching(/^journalctl: unrecognized option '--vacuum'/), code: 2 }],
  ])('answers to %s', (args, result) => {
    expect(new Terminal().run(`ssh n1 journalctl ${args}`)).toMatchObject(result);
  });
});

describe('crictl', () => {
  it('lists containers, pods and images, whatever the API server believes', () => {
    const cluster = withWeb(1);
    const terminal = new Terminal({ cluster });
    const [only] = pods(cluster);
    cluster.inject({ kind: 'ComponentStop', component: 'kube-apiserver' });
    cluster.runFor(5_000);
    const at = `ssh ${only?.spec.nodeName}`;
    const row = printed(terminal, `${at} crictl ps`)
      .split('\n')
      .find((line) => line.includes(nameOf(only as never)));
    expect(row).toMatch(
      /^[0-9a-f]{13} {3}nginx:1\.27 +\d+s ago +Running +nginx +0 +[0-9a-f]{13} +web-\S+ +default$/,
    );
    expect(printed(terminal, `${at} crictl pods`)).toMatch(
      /^POD ID +CREATED +STATE +NAME +NAMESPACE +ATTEMPT\n/,
    );
    expect(printed(terminal, `${at} crictl images | grep nginx`)).toMatch(
      /^docker\.io\/library\/nginx +1\.27 +[0-9a-f]{13} +[\d.]+MB\n$/,
    );
    const id = row?.slice(0, 13);
    expect(
      terminal.run(`${at} crictl logs ${id}`).err + terminal.run(`${at} crictl logs ${id}`).out,
    ).toContain('start worker process');
  });

  it('stops a container, which the kubelet starts again', () => {
    const cluster = withWeb(1);
    const terminal = new Terminal({ cluster });
    const [only] = pods(cluster);
    const at = `ssh ${only?.spec.nodeName}`;
    const id = printed(terminal, `${at} crictl ps | grep nginx | cut -d' ' -f1`).trim();
    expect(printed(terminal, `${at} crictl stop ${id}`)).toBe(`${id}\n`);
    cluster.runFor(5_000);
    expect(printed(terminal, `${at} crictl ps -a | grep nginx`).trimEnd().split('\n')).toHaveLength(2);
    expect(podNamed(cluster, nameOf(only as never))?.status?.containerStatuses?.[0]?.restartCount).toBe(1);
  });

  it.each([
    ['an unknown verb', 'crictl hoist', /^crictl: no help topic for 'hoist'\n/, 2],
    ['an unknown container', 'crictl logs zz', /^FATA\[0000\] container "zz": not found\n/, 1],
    ['an id that many have', 'crictl stop ""', /more than one container has an id that begins so/, 1],
    ['no id', 'crictl logs', /^crictl: ID cannot be empty/, 2],
    ['an unknown flag', 'crictl ps --deck', /flag provided but not defined: --deck/, 2],
  ])('refuses %s', (_, line, err, code) => {
    const session = aboard('control-plane');
    const result = session.type(`${line}; echo "code $?"`);
    expect(result.err).toMatch(err);
    expect(result.out).toBe(`code ${code}\n`);
  });
});

describe('why', () => {
  it('prints time, revision, cause, component and what was done, and the last decision about a pod', () => {
    const cluster = booted();
    const terminal = new Terminal({ cluster });
    create(cluster, barePod('solo'));
    cluster.runFor(10_000);
    const lines = printed(terminal, 'why pod/solo').split('\n');
    expect(lines[0]).toBe('TIME           REVISION   REACTED TO   COMPONENT        WHAT');
    expect(lines[1]).toMatch(
      /^00:00:\d\d\.\d{3} {3}\d+ +- +kubectl +created Pod default\/solo \(kubectl create\)$/,
    );
    const created = lines[1]?.split(/ +/)[1];
    expect(lines[2]).toMatch(
      new RegExp(
        `^00:00:\\d\\d\\.\\d{3} +\\d+ +${created} +kube-scheduler +default/solo was assigned to n[12]`,
      ),
    );
    const table = lines.slice(lines.indexOf('') + 2);
    expect(table[0]).toMatch(/^ {2}NODE +FILTER +TOTAL OR REASON +SCORES$/);
    expect(table.filter((line) => line.startsWith('* '))).toHaveLength(1);
    expect(table.find((line) => line.includes('control-plane'))).toMatch(
      /^ {2}control-plane +rejected by TaintToleration +node\(s\) had untolerated taint\(s\)$/,
    );
  });

  it('is told in Korean from its headings on, with columns that stand below one another', () => {
    const cluster = booted();
    const terminal = new Terminal({ cluster, words: whyTexts.ko });
    create(cluster, barePod('solo'));
    cluster.runFor(10_000);
    const lines = printed(terminal, 'why pod/solo').split('\n');
    expect(lines[0]).toMatch(/^시각 +리비전 +반응한 리비전 +구성 요소 +일어난 일$/);
    const columns = (line: string, upTo: string): number => stringWidth(line.slice(0, line.indexOf(upTo)));
    expect(columns(lines[0] ?? '', '구성')).toBe(columns(lines[1] ?? '', 'kubectl'));
    expect(columns(lines[0] ?? '', '일어난')).toBe(columns(lines[1] ?? '', 'Pod default/solo'));
    const table = lines.slice(lines.indexOf('') + 2);
    expect(table[0]).toMatch(/^ {2}노드 +필터 +합계 또는 이유 +점수$/);
    expect(table.find((line) => line.includes('control-plane'))).toContain('제외: TaintToleration');
    expect(table.find((line) => line.startsWith('* '))).toContain('통과');
    expect(terminal.run('why pod/none').err).toBe('pod "none"의 기록이 없습니다 (네임스페이스 default).\n');
  });

  it('says of a pod that fits nowhere which plugin rejected which node', () => {
    const cluster = booted();
    const resources = { requests: { cpu: '9' } };
    create(cluster, barePod('big', { containers: [{ name: 'main', image: 'nginx:1.27', resources }] }));
    cluster.runFor(5_000);
    const out = printed(new Terminal({ cluster }), 'why pod big');
    expect(out).toContain('\ndefault/big was not assigned: 0/3 nodes are available:');
    expect(out).toMatch(/\n {2}n1 +rejected by NodeResourcesFit +Insufficient cpu\n/);
    expect(out).toMatch(/\n {2}n2 +rejected by NodeResourcesFit +Insufficient cpu\n/);
    expect(out).toMatch(/\n\nIt waits for:\n- a node that fits: 0\/3 nodes are available: .*\n$/);
  });

  it('tells what an object waits for, with the command that shows more', () => {
    const cluster = booted();
    create(cluster, webService(undefined, 'lonely'));
    cluster.runFor(5_000);
    expect(printed(new Terminal({ cluster }), 'why svc/lonely')).toMatch(
      /\n\nIt waits for:\n- pods that match its selector app=web: there are none\n {2}see: kubectl get pods --show-labels\n$/,
    );
  });

  it('finds objects of other namespaces, and those that are gone', () => {
    const cluster = booted();
    const terminal = new Terminal({ cluster });
    expect(printed(terminal, 'why deployment coredns -n kube-system')).toContain(
      'created Deployment kube-system/coredns (kubeadm init phase addon)',
    );
    create(cluster, webDeployment(1));
    printed(terminal, 'kubectl delete deployment web');
    cluster.runFor(60_000);
    expect(printed(terminal, 'why deploy/web').trimEnd().split('\n').at(-1)).toMatch(
      /kubectl +deleted Deployment default\/web \(kubectl delete deployment web\)$/,
    );
  });

  it.each([
    [
      'nothing',
      'why',
      'why: name one object, as in: why pod/web\nusage: why TYPE/NAME | why TYPE NAME [-n NAMESPACE]\n',
      2,
    ],
    ['a kind alone', 'why pod', /^why: name one object/, 2],
    ['too much', 'why pod a b', /^why: name one object/, 2],
    ['an unknown kind', 'why ship/a', 'error: the server doesn\'t have a resource type "ship"\n', 1],
    ['an unknown object', 'why pod/ghost', 'There is no record of pod "ghost" in namespace default.\n', 1],
    ['an unknown node', 'why node/ghost', 'There is no record of node "ghost".\n', 1],
    ['an unknown flag', 'why pod/a --deep', /^why: unknown flag: --deep/, 2],
    [
      'being asked aboard',
      'ssh n1 why pod/a',
      'why: command not found here; type exit to go back to the harbour office\n',
      127,
    ],
  ])('refuses %s', (_, line, err, code) => {
    const result = new Terminal().run(line);
    expect(result.code).toBe(code);
    if (typeof err === 'string') expect(result.err).toBe(err);
    else expect(result.err).toMatch(err);
  });
});
