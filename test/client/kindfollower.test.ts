import { describe, expect, it } from 'vitest';
import { customResourceDefinition } from '../../src/api/kinds/customresourcedefinition.ts';
import { builtinKinds } from '../../src/api/kinds/registry.ts';
import type { KubeObject } from '../../src/api/object.ts';
import { Informer } from '../../src/client/informer.ts';
import { KindFollower } from '../../src/client/kindfollower.ts';
import { Process } from '../../src/sim/process.ts';
import { must, Server } from './support.ts';

function define(server: Server): void {
  must(
    server.admin.create(customResourceDefinition, {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'ships.example.com' },
      spec: {
        group: 'example.com',
        scope: 'Namespaced',
        names: { plural: 'ships', kind: 'Ship' },
        versions: [
          { name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } },
        ],
      },
    }),
  );
}

function follow(server: Server): string[] {
  const heard: string[] = [];
  const process = new Process(server.sim, 'controllers');
  new KindFollower(process, server.client('controllers'), builtinKinds, {
    added: ({ plural, custom }) => custom !== undefined && heard.push(`+${plural}`),
    removed: ({ plural }) => heard.push(`-${plural}`),
  });
  return heard;
}

describe('a kind follower', () => {
  it('hears within half a minute of kinds that were defined, and of those that are gone', () => {
    const server = new Server();
    const heard = follow(server);
    define(server);
    server.run(29_000);
    expect(heard).toEqual([]);
    server.run(2_000);
    expect(heard).toEqual(['+ships']);
    must(server.admin.delete(customResourceDefinition, 'ships.example.com', undefined));
    server.run(30_000);
    expect(heard).toEqual(['+ships', '-ships']);
  });

  it('knows at once what was defined before it began', () => {
    const server = new Server();
    define(server);
    server.run(100);
    expect(follow(server)).toEqual(['+ships']);
  });

  it('keeps what it knows while the server is away', () => {
    const server = new Server();
    define(server);
    server.run(100);
    const heard = follow(server);
    server.refuse = () => ({
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      reason: 'ServiceUnavailable',
      message: 'away',
      code: 503,
    });
    server.run(90_000);
    expect(heard).toEqual(['+ships']);
  });

  it('lets an informer of a kind that is gone be ended, which then asks no more', () => {
    const server = new Server();
    define(server);
    server.run(100);
    const kind = must(server.admin.discover()).byGVK('example.com/v1', 'Ship');
    if (kind === undefined) throw new Error('not served');
    const process = new Process(server.sim, 'controllers');
    const informer = new Informer<KubeObject>(process, server.client('controllers'), kind);
    informer.start();
    must(
      server.admin.create(kind, {
        apiVersion: 'example.com/v1',
        kind: 'Ship',
        metadata: { name: 'a', namespace: 'default' },
      }),
    );
    server.run(1_000);
    expect(informer.size).toBe(1);
    must(server.admin.delete(customResourceDefinition, 'ships.example.com', undefined));
    server.run(1_000);
    informer.stop();
    const before = server.requests.length;
    server.run(120_000);
    expect(server.requests.length).toBe(before);
  });
});
