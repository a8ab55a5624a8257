import { describe, expect, it } from 'vitest';
import type { ConfigMap } from '../../src/api/generated/types.ts';
import { configMap } from '../../src/api/kinds/configmap.ts';
import { gone, serviceUnavailable } from '../../src/apimachinery/status.ts';
import { Informer, InformerFactory, type InformerOptions } from '../../src/client/informer.ts';
import { Process } from '../../src/sim/process.ts';
import { Server } from './support.ts';

interface Watched {
  readonly server: Server;
  readonly process: Process;
  readonly informer: Informer<ConfigMap>;
  readonly seen: string[];
}

/** An informer of the server's ConfigMaps, and what its handler was told. */
function informed(options: InformerOptions = { namespace: 'default' }, server = new Server()): Watched {
  const process = new Process(server.sim, 'controller');
  const informer = new Informer(process, server.client('controller'), configMap, options);
  const seen: string[] = [];
  const colour = (object: ConfigMap): string =>
    `${object.metadata.name}:${object.metadata.labels?.colour ?? ''}`;
  informer.addHandler({
    add: (object) => seen.push(`add ${colour(object)}`),
    update: (old, next) => seen.push(`update ${colour(old)} ${colour(next)}`),
    delete: (object) => seen.push(`delete ${colour(object)}`),
  });
  return { server, process, informer, seen };
}

const names = (informer: Informer<ConfigMap>): string[] =>
  [...informer.list()].map(({ metadata }) => metadata.name ?? '').sort();

describe('an informer', () => {
  it('lists first, then follows the watch', () => {
    const { server, informer, seen } = informed();
    server.put('a');
    expect(informer.synced).toBe(false);
    informer.start();
    informer.start();
    expect([informer.synced, seen]).toEqual([true, ['add a:']]);
    server.put('b', { colour: 'red' });
    server.put('a', { colour: 'blue' });
    server.remove('b');
    server.run(100);
    expect(seen).toEqual(['add a:', 'add b:red', 'update a: a:blue', 'delete b:red']);
    expect([names(informer), informer.size]).toEqual([['a'], 1]);
    expect(informer.get('default/a')?.metadata.labels).toEqual({ colour: 'blue' });
    expect(server.requests).toEqual(['list configmaps', 'watch configmaps']);
  });

  it('tells a handler that comes late of what is there already', () => {
    const { server, informer } = informed();
    server.put('a');
    informer.start();
    const late: string[] = [];
    informer.addHandler({ add: (object) => late.push(object.metadata.name ?? '') });
    expect(late).toEqual(['a']);
  });

  it('watches on from where it was when the connection ends, without listing again', () => {
    const { server, informer, seen } = informed();
    server.put('a');
    informer.start();
    server.run(100);
    server.stop();
    server.start();
    server.put('b');
    server.remove('a');
    server.run(5000);
    expect(seen).toEqual(['add a:', 'add b:', 'delete a:']);
    expect(server.requests.filter((request) => request === 'list configmaps')).toHaveLength(1);
  });

  it('keeps its cache while the server is away, and tries again at growing intervals', () => {
    const { server, informer } = informed();
    server.put('a');
    informer.start();
    server.refuse = () => serviceUnavailable('away');
    server.stop();
    server.start();
    server.requests.length = 0;
    server.run(120_000);
    expect(names(informer)).toEqual(['a']);
    // 0.8 s doubling to 30 s, each lengthened by up to its double.
    expect(server.requests.length).toBeGreaterThanOrEqual(6);
    expect(server.requests.length).toBeLessThanOrEqual(9);
    server.refuse = () => undefined;
    server.put('b');
    server.run(60_000);
    expect(names(informer)).toEqual(['a', 'b']);
  });

  it('lists anew when its revision is too old, and reports the difference', () => {
    const { server, informer, seen } = informed();
    for (const name of ['kept', 'changed', 'lost', 'remade']) server.put(name);
    informer.start();
    server.run(100);
    seen.length = 0;
    let once = true;
    server.refuse = ({ verb }) => {
      if (verb !== 'watch' || !once) return undefined;
      once = false;
      return gone('too old resource version');
    };
    server.stop();
    server.start();
    server.put('changed', { colour: 'red' });
    server.remove('lost');
    server.remove('remade');
    server.put('remade', { colour: 'new' });
    server.put('added');
    server.run(10_000);
    expect(seen.sort()).toEqual(
      [
        'add added:',
        'add remade:new',
        'delete lost:',
        'delete remade:',
        'update changed: changed:red',
      ].sort(),
    );
  });

  it('shows only what its selection selects', () => {
    const { server, informer, seen } = informed({ namespace: 'default', labelSelector: 'colour=red' });
    server.put('a', { colour: 'red' });
    server.put('b', { colour: 'blue' });
    informer.start();
    server.put('a', { colour: 'blue' });
    server.put('b', { colour: 'red' });
    server.run(100);
    expect(names(informer)).toEqual(['b']);
    expect(seen.map((text) => text.split(':')[0])).toEqual(['add a', 'delete a', 'add b']);
  });

  it('files objects under the values of an index, and refiles them when those change', () => {
    const { server, informer } = informed();
    const byColour = (object: ConfigMap): readonly string[] => Object.values(object.metadata.labels ?? {});
    server.put('a', { colour: 'red' });
    informer.start();
    informer.addIndex('colour', byColour);
    informer.addIndex('colour', () => []);
    server.put('b', { colour: 'red', rim: 'blue' });
    server.run(100);
    const filed = (colour: string): string[] =>
      informer.byIndex('colour', colour).map(({ metadata }) => metadata.name ?? '');
    expect([filed('red'), filed('blue'), filed('green')]).toEqual([['a', 'b'], ['b'], []]);
    expect(informer.countByIndex('colour', 'red')).toBe(2);
    server.put('b', { colour: 'green' });
    server.remove('a');
    server.run(100);
    expect([filed('red'), filed('blue'), filed('green')]).toEqual([[], [], ['b']]);
    expect(() => informer.byIndex('shape', 'round')).toThrow(/no index shape/);
  });

  it('learns nothing more once its process is dead', () => {
    const { server, process, informer, seen } = informed();
    informer.start();
    server.put('a');
    process.kill();
    server.run(10_000);
    expect(seen).toEqual([]);
  });
});

describe('an informer factory', () => {
  it('shares informers of one kind and selection, and starts them all', () => {
    const server = new Server();
    const factory = new InformerFactory(new Process(server.sim, 'a'), server.client('a'));
    const all = factory.informer(configMap);
    expect(factory.informer(configMap)).toBe(all);
    expect(factory.informer(configMap, { namespace: 'default' })).not.toBe(all);
    expect(factory.synced).toBe(false);
    factory.start();
    expect([factory.synced, all.synced]).toEqual([true, true]);
  });
});
