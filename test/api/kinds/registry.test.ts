import { describe, expect, it } from 'vitest';
import { kindByGVK, kindByName, kindByResource, kinds } from '../../../src/api/kinds/registry.ts';
import { typeOf } from '../../../src/api/schema.ts';

describe('the registry of kinds', () => {
  it('is sorted by kind', () => {
    const names = kinds.map((kind) => kind.kind.toLowerCase());
    expect(names).toEqual(names.toSorted());
  });

  it('has no two kinds with the same name for a player', () => {
    const names = kinds.flatMap((kind) => [kind.plural, kind.singular, ...kind.shortNames]);
    const distinct = kinds.flatMap((kind) => [...new Set([kind.plural, kind.singular, ...kind.shortNames])]);
    expect(new Set(names).size).toBe(distinct.length);
  });

  it.each(kinds.map((kind) => [kind.kind, kind] as const))('%s is a type of the schema', (_, kind) => {
    expect(typeOf(kind.schemaType)).toBeDefined();
  });

  it('finds kinds by resource and by what a manifest says', () => {
    expect(kindByResource('apps', 'deployments')?.kind).toBe('Deployment');
    expect(kindByResource('', 'deployments')).toBeUndefined();
    expect(kindByGVK('v1', 'Pod')?.plural).toBe('pods');
    expect(kindByGVK('v1', 'Deployment')).toBeUndefined();
  });

  it.each([
    ['pods', 'Pod'],
    ['Pod', 'Pod'],
    ['po', 'Pod'],
    ['DEPLOY', 'Deployment'],
    ['deployments.apps', 'Deployment'],
    ['deploy.apps', 'Deployment'],
    ['deployments.v1.apps', 'Deployment'],
    ['deployments.app', 'Deployment'],
    ['ds', 'DaemonSet'],
    ['rc', 'ReplicationController'],
    ['deployments.batch', undefined],
    ['ships', undefined],
    ['', undefined],
    ['constructor', undefined],
  ])('takes %o for %s', (name, kind) => {
    expect(kindByName(name)?.kind).toBe(kind);
  });
});
