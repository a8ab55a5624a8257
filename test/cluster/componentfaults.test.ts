import { describe, expect, it } from 'vitest';
import { booted, nodeStates, until } from './harness.ts';

const CONTROL_PLANE = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler'];

describe('ComponentKill', () => {
  it.each(CONTROL_PLANE)('ends %s, and the kubelet starts it again', (component) => {
    const cluster = booted();
    const running = () => cluster.controlPlane.containerd.findProgram(component)[0]?.config.attempt;
    expect(running()).toBe(0);
    expect(cluster.inject({ kind: 'ComponentKill', component })).toBeUndefined();
    expect(running()).toBeUndefined();
    expect(until(cluster, () => running() === 1, 60_000)).toBeDefined();
  });

  it.each([
    ['kube-proxy', 'n1'],
    ['coredns', 'control-plane'],
  ])('ends %s on all nodes, or on one', (component, node) => {
    const cluster = booted();
    const attempts = () =>
      [...cluster.machines.values()].flatMap((machine) =>
        machine.containerd.findProgram(component).map(({ config }) => config.attempt),
      );
    const count = attempts().length;
    cluster.inject({ kind: 'ComponentKill', component });
    expect(attempts()).toEqual([]);
    expect(until(cluster, () => attempts().length === count, 60_000)).toBeDefined();
    expect(attempts().every((attempt) => attempt === 1)).toBe(true);
    cluster.inject({ kind: 'ComponentKill', component, node });
    expect(attempts().length).toBeLessThan(count);
  });

  it('ends a kubelet, and systemd starts it again after 10 s', () => {
    const cluster = booted();
    const unit = cluster.machines.get('n1')?.kubelet;
    cluster.inject({ kind: 'ComponentKill', component: 'kubelet', node: 'n1' });
    expect(unit?.state).toBe('activating');
    cluster.runFor(9_999);
    expect(unit?.state).toBe('activating');
    cluster.runFor(1);
    expect(unit?.state).toBe('active');
    expect(cluster.machines.get('n2')?.kubelet.state).toBe('active');
  });
});

describe('ComponentPause and ComponentResume', () => {
  it.each(CONTROL_PLANE)('stop %s without ending it', (component) => {
    const cluster = booted();
    const state = () => cluster.componentStates().find(({ name }) => name === component)?.state;
    cluster.inject({ kind: 'ComponentPause', component });
    expect(state()).toBe('paused');
    cluster.runFor(2_000);
    expect(cluster.controlPlane.containerd.findProgram(component)[0]?.config.attempt).toBe(0);
    cluster.inject({ kind: 'ComponentResume', component });
    expect(state()).toBe('running');
    cluster.runFor(2_000);
    expect(state()).toBe('running');
  });

  it('keep a kubelet from reporting until it goes on', () => {
    const cluster = booted();
    cluster.inject({ kind: 'ComponentPause', component: 'kubelet', node: 'n1' });
    expect(cluster.machines.get('n1')?.kubelet.state).toBe('paused');
    expect(until(cluster, () => nodeStates(cluster).n1 === 'Unknown', 60_000)).toBeDefined();
    cluster.inject({ kind: 'ComponentResume', component: 'kubelet', node: 'n1' });
    expect(until(cluster, () => nodeStates(cluster).n1 === 'True', 60_000)).toBeDefined();
  });
});

describe('ComponentStop and ComponentStart', () => {
  it.each(CONTROL_PLANE)('move the manifest of %s away and back', (component) => {
    const cluster = booted();
    const path = `etc/kubernetes/manifests/${component}.yaml`;
    const text = cluster.controlPlane.disk.root.get(path)?.content;
    const state = () => cluster.controlPlane.containerd.programState(component);
    cluster.inject({ kind: 'ComponentStop', component });
    expect(cluster.controlPlane.disk.root.get(path)).toBeUndefined();
    cluster.runFor(5_000);
    expect(state()).toBe('down');
    cluster.runFor(120_000);
    expect(state()).toBe('down');
    cluster.inject({ kind: 'ComponentStart', component });
    expect(cluster.controlPlane.disk.root.get(path)?.content).toBe(text);
    cluster.runFor(10_000);
    expect(state()).toBe('running');
  });

  it('stop and start all kubelets', () => {
    const cluster = booted();
    const states = () => [...cluster.machines.values()].map(({ kubelet }) => kubelet.state);
    cluster.inject({ kind: 'ComponentStop', component: 'kubelet' });
    expect(states()).toEqual(['inactive', 'inactive', 'inactive']);
    cluster.inject({ kind: 'ComponentStart', component: 'kubelet' });
    expect(states()).toEqual(['active', 'active', 'active']);
  });

  it('take cluster DNS out of service and bring it back', () => {
    const cluster = booted();
    const dns = () => cluster.componentStates().find(({ name }) => name === 'coredns');
    cluster.inject({ kind: 'ComponentStop', component: 'coredns' });
    expect(dns()).toEqual({ name: 'coredns', node: '', state: 'down' });
    cluster.inject({ kind: 'ComponentStart', component: 'coredns' });
    expect(dns()?.state).toBe('running');
  });
});

describe('KubeletStop and KubeletStart', () => {
  it('act on one machine', () => {
    const cluster = booted();
    cluster.inject({ kind: 'KubeletStop', node: 'n2' });
    cluster.runFor(60_000);
    expect(nodeStates(cluster)).toEqual({ 'control-plane': 'True', n1: 'True', n2: 'Unknown' });
    cluster.inject({ kind: 'KubeletStart', node: 'n2' });
    cluster.runFor(10_000);
    expect(nodeStates(cluster).n2).toBe('True');
  });
});
