import { expect, it } from 'vitest';
import { kinds } from '../../src/api/kinds/registry.ts';
import type { KubeObject } from '../../src/api/object.ts';
import { schema } from '../../src/api/schema.ts';
import { goJson } from '../../src/apimachinery/gostring.ts';
import type { Json } from '../../src/apimachinery/json.ts';
import { pruneUnknown } from '../../src/apimachinery/prune.ts';
import { booted, create, webDeployment, webService } from './harness.ts';

/** What Go would make of a stored object that a component wrote. */
function encoded(object: KubeObject): Json {
  const kind = kinds.find((candidate) => candidate.kind === object.kind);
  return pruneUnknown(object as unknown as Json, schema, kind?.schemaType ?? '');
}

it('no component stores what Go would leave out of the object', () => {
  const cluster = booted();
  create(cluster, webDeployment(2), webService(30080));
  cluster.runFor(20_000);
  cluster.inject({ kind: 'NodeDown', node: 'n1' });
  cluster.runFor(400_000);
  cluster.inject({ kind: 'NodeUp', node: 'n1' });
  cluster.runFor(60_000);
  const wrong = new Set<string>();
  for (let revision = 2; revision <= cluster.revision; revision++) {
    for (const { value, cause } of cluster.history.at(revision)) {
      if (value === undefined || encoded(value) === (value as unknown)) continue;
      wrong.add(`${cause.component}: ${goJson(value)} is ${goJson(encoded(value))}`);
    }
  }
  expect([...wrong]).toEqual([]);
});
