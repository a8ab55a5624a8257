import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Etcd } from '../../src/etcd/etcd.ts';
import type { KeyValue, Op, StoreResult } from '../../src/etcd/store.ts';
import { Simulation } from '../../src/sim/simulation.ts';
import { Model, type ModelKey } from './model.ts';

const CAUSE = { component: 'test', trigger: 0 };

function open(): { sim: Simulation; etcd: Etcd<string> } {
  const sim = new Simulation({ seed: 1 });
  return { sim, etcd: new Etcd<string>(sim) };
}

function put(etcd: Etcd<string>, key: string, value: string, lease?: number): void {
  const op: Op<string> = { type: 'put', key, value, ...(lease === undefined ? {} : { lease }) };
  expect(etcd.txn([], [op], [], CAUSE).ok).toBe(true);
}

function del(etcd: Etcd<string>, key: string): void {
  etcd.txn([], [{ type: 'delete', key }], [], CAUSE);
}

function unwrap<T>(result: StoreResult<T>): T {
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}

function codeOf(result: StoreResult<unknown>): string {
  return result.ok ? 'ok' : result.error.code;
}

function plain(record: KeyValue<string>): [string, ModelKey] {
  const { key, value = '', modRevision, createRevision, version } = record;
  return [key, { value, modRevision, createRevision, version }];
}

const KEY = fc.constantFrom('a', 'a/1', 'a/2', 'b', 'b/1');
const VALUE = fc.constantFrom('x', 'y');
const OP = fc.oneof(
  fc.record({ type: fc.constant('put' as const), key: KEY, value: VALUE }),
  fc.record({ type: fc.constant('delete' as const), key: KEY }),
  fc.record({ type: fc.constant('deletePrefix' as const), prefix: fc.constantFrom('a', 'a/', 'b') }),
);
/** One write a key and transaction, as etcd itself demands. */
const TXN = fc
  .uniqueArray(OP, { maxLength: 3, selector: (op) => ('key' in op ? op.key : 'prefix') })
  .filter((ops) => ops.length < 2 || ops.every((op) => op.type !== 'deletePrefix'));

test('whatever is written, every revision reads as it was, by key, by range and by replay', () => {
  fc.assert(
    fc.property(fc.array(TXN, { maxLength: 30 }), fc.nat(30), (txns, from) => {
      const { etcd } = open();
      const model = new Model();
      const live: string[] = [];
      etcd.watch('a', (records) => live.push(JSON.stringify(records.map(plain))));
      for (const ops of txns) {
        model.txn(ops);
        unwrap(etcd.txn([], ops, [], CAUSE));
        expect(etcd.revision).toBe(model.revision);
      }
      for (let revision = 1; revision <= model.revision; revision++) {
        for (const prefix of ['', 'a', 'a/', 'b']) {
          const expected = model.range(prefix, revision);
          expect(unwrap(etcd.range(prefix, { revision })).records.map(plain)).toEqual(expected);
          expect(etcd.history.range(prefix, revision).map(plain)).toEqual(expected);
        }
        for (const key of ['a', 'a/1', 'b']) {
          const record = unwrap(etcd.get(key, revision));
          expect(record === undefined ? undefined : plain(record)[1]).toEqual(
            model.content(revision).get(key),
          );
        }
      }
      checkReplay(etcd, model, Math.min(from + 1, model.revision), live);
    }),
    { numRuns: 200 },
  );
});

/** A watch from any revision repeats what a watch from the beginning saw, and folds to the content. */
function checkReplay(etcd: Etcd<string>, model: Model, from: number, live: readonly string[]): void {
  const folded = new Map(model.range('a', from));
  const replayed: string[] = [];
  let last = from;
  unwrap(
    etcd.watch(
      'a',
      (records) => {
        replayed.push(JSON.stringify(records.map(plain)));
        for (const record of records) {
          expect(record.modRevision).toBe((records[0] as KeyValue<string>).modRevision);
          if (record.value === undefined) folded.delete(record.key);
          else folded.set(...plain(record));
        }
        expect((records[0] as KeyValue<string>).modRevision).toBeGreaterThan(last);
        last = (records[0] as KeyValue<string>).modRevision;
      },
      from + 1,
    ),
  );
  expect(live.slice(live.length - replayed.length)).toEqual(replayed);
  expect([...folded].sort(([a], [b]) => (a < b ? -1 : 1))).toEqual(model.range('a'));
}

describe('a key lives in generations', () => {
  //     put a    rev 2   created 2, version 1
  //     put a    rev 3   created 2, version 2
  //     delete a rev 4   tombstone
  //     put a    rev 5   created 5, version 1
  test('a new one begins after a deletion', () => {
    const { etcd } = open();
    put(etcd, 'a', '1');
    put(etcd, 'a', '2');
    del(etcd, 'a');
    put(etcd, 'a', '3');
    const history = [...etcd.history.between(2, 5)].map((r) => [
      r.modRevision,
      r.createRevision,
      r.version,
      r.value,
    ]);
    expect(history).toEqual([
      [2, 2, 1, '1'],
      [3, 2, 2, '2'],
      [4, 0, 0, undefined],
      [5, 5, 1, '3'],
    ]);
    expect(etcd.size).toBe(1);
  });
});

describe('putIf and deleteIf', () => {
  test('write only over the revision that is expected, and give the value its own revision', () => {
    const { etcd } = open();
    const write = (expected: number) =>
      unwrap(etcd.putIf('a', expected, (revision) => `at ${revision}`, CAUSE));
    expect(write(0)?.value).toBe('at 2');
    expect(write(0)).toBeUndefined();
    expect(write(1)).toBeUndefined();
    expect(write(2)?.value).toBe('at 3');
    expect(unwrap(etcd.deleteIf('a', 2, CAUSE))).toBeUndefined();
    expect(etcd.revision).toBe(3);
    expect(unwrap(etcd.deleteIf('a', 3, CAUSE))).toMatchObject({
      modRevision: 4,
      value: undefined,
      previous: { value: 'at 3' },
    });
    expect(unwrap(etcd.deleteIf('a', 4, CAUSE))).toBeUndefined();
    expect(write(4)).toBeUndefined();
    expect(write(0)).toMatchObject({ createRevision: 5, version: 1 });
  });
});

describe('a transaction', () => {
  test.each([
    ['mod', '=', 2, true],
    ['mod', '!=', 2, false],
    ['mod', '<', 3, true],
    ['mod', '>', 2, false],
    ['create', '=', 2, true],
    ['version', '=', 1, true],
    ['version', '=', 0, false],
  ] as const)('branches on %s %s %i', (target, result, operand, holds) => {
    const { etcd } = open();
    put(etcd, 'a', '1');
    const outcome = unwrap(
      etcd.txn(
        [{ key: 'a', target, result, operand }],
        [{ type: 'put', key: 'b', value: 'yes' }],
        [{ type: 'get', key: 'a' }],
        CAUSE,
      ),
    );
    expect([outcome.succeeded, outcome.revision]).toEqual(holds ? [true, 3] : [false, 2]);
    expect(outcome.records[0]?.value).toBe(holds ? 'yes' : '1');
  });

  test('that deletes nothing takes no revision', () => {
    const { etcd } = open();
    del(etcd, 'a');
    expect(etcd.revision).toBe(1);
  });

  test('is seen whole by a watch, and records who caused it', () => {
    const { etcd } = open();
    const seen: string[][] = [];
    etcd.watch('a/', (records) => seen.push(records.map(({ key }) => key)));
    const cause = { component: 'kubelet', trigger: 7 };
    etcd.txn(
      [],
      ['a/1', 'b', 'a/2'].map((key) => ({ type: 'put', key, value: 'x' })),
      [],
      cause,
    );
    expect(seen).toEqual([['a/1', 'a/2']]);
    expect(etcd.history.at(2).map((record) => record.cause)).toEqual([cause, cause, cause]);
  });
});

describe('a range', () => {
  test('is cut by limit and goes on from a key, as of one revision', () => {
    const { etcd } = open();
    for (const key of ['a/1', 'a/2', 'a/3', 'b']) put(etcd, key, 'x');
    const first = unwrap(etcd.range('a/', { limit: 2 }));
    expect([first.records.map(({ key }) => key), first.more, first.count]).toEqual([['a/1', 'a/2'], true, 3]);
    del(etcd, 'a/3');
    const rest = unwrap(etcd.range('a/', { from: 'a/3', revision: first.revision }));
    expect([rest.records.map(({ key }) => key), rest.more]).toEqual([['a/3'], false]);
    expect(unwrap(etcd.range('a/', { from: 'a' })).count).toBe(2);
  });
});

describe('compaction', () => {
  function compacted(): Etcd<string> {
    const { etcd } = open();
    for (const value of ['1', '2', '3', '4']) put(etcd, 'a', value);
    unwrap(etcd.compact(4));
    return etcd;
  }

  test.each([
    ['a read before it', (etcd: Etcd<string>) => etcd.get('a', 3), 'compacted'],
    ['a read at it', (etcd: Etcd<string>) => etcd.get('a', 4), 'ok'],
    ['a read of the future', (etcd: Etcd<string>) => etcd.get('a', 6), 'future'],
    ['a range before it', (etcd: Etcd<string>) => etcd.range('', { revision: 3 }), 'compacted'],
    ['a watch from before it', (etcd: Etcd<string>) => etcd.watch('', () => {}, 3), 'compacted'],
    ['a watch from after it', (etcd: Etcd<string>) => etcd.watch('', () => {}, 5), 'ok'],
    ['compacting the same again', (etcd: Etcd<string>) => etcd.compact(4), 'compacted'],
    ['compacting the future', (etcd: Etcd<string>) => etcd.compact(6), 'future'],
  ] as const)('%s', (_sentence, act, code) => {
    expect(codeOf(act(compacted()))).toBe(code);
  });

  test('leaves the flight recorder alone', () => {
    expect(compacted().history.get('a', 2)?.value).toBe('1');
  });
});

describe('the flight recorder', () => {
  test('finds the revision at a time', () => {
    const { sim, etcd } = open();
    const start = sim.now();
    put(etcd, 'a', '1');
    sim.runUntil(start + 1000);
    put(etcd, 'a', '2');
    put(etcd, 'b', '3');
    expect([-1, 0, 999, 1000, 5000].map((ms) => etcd.history.revisionAt(start + ms))).toEqual([
      1, 2, 2, 4, 4,
    ]);
  });

  test('forgets what is older than it is told to keep, and nothing that is live', () => {
    const { etcd } = open();
    put(etcd, 'a', '1');
    put(etcd, 'gone', '1');
    put(etcd, 'kept', '1');
    del(etcd, 'gone');
    put(etcd, 'a', '2');
    put(etcd, 'a', '3');
    etcd.history.trim(7);
    expect(etcd.history.oldest).toBe(7);
    expect([...etcd.history.between(1, 9)].map(({ modRevision }) => modRevision)).toEqual([7]);
    expect(etcd.history.range('', 7).map(({ key, value }) => [key, value])).toEqual([
      ['a', '3'],
      ['kept', '1'],
    ]);
    expect(etcd.history.at(7)[0]?.previous?.value).toBe('2');
    expect(codeOf(etcd.get('a', 5))).toBe('compacted');
    put(etcd, 'gone', '2');
    expect(unwrap(etcd.get('gone'))).toMatchObject({ createRevision: 8, version: 1 });
  });
});

describe('a long history', () => {
  const WRITES = 5000;
  function long(): Etcd<string> {
    const { etcd } = open();
    put(etcd, 'still', 'x');
    for (let i = 0; i < WRITES; i++) put(etcd, `k${i % 3}`, String(i));
    return etcd;
  }

  test('is read back from any of its revisions', () => {
    const etcd = long();
    for (const i of [0, 1022, 1023, 1024, 2048, WRITES - 1]) {
      const record = etcd.history.get(`k${i % 3}`, 3 + i);
      expect(record).toMatchObject({ value: String(i), version: Math.floor(i / 3) + 1 });
      if (i > 2) expect(record?.previous?.value).toBe(String(i - 3));
    }
  });

  test('that is trimmed keeps what is live, what it replaced, and every later revision', () => {
    const etcd = long();
    const from = etcd.revision - 1;
    etcd.history.trim(from);
    expect(etcd.history.range('', etcd.revision).map(({ key, value }) => [key, value])).toEqual([
      ['k0', '4998'],
      ['k1', '4999'],
      ['k2', '4997'],
      ['still', 'x'],
    ]);
    const [oldest] = etcd.history.at(from);
    expect(oldest?.previous?.value).toBe('4995');
    expect(oldest?.previous?.previous).toBeUndefined();
    put(etcd, 'k2', 'next');
    expect(unwrap(etcd.get('k2'))).toMatchObject({
      value: 'next',
      version: 1667,
      previous: { value: '4997' },
    });
  });
});

describe('a lease', () => {
  test('takes its keys with it when it runs out, in one revision', () => {
    const { sim, etcd } = open();
    const lease = unwrap(etcd.grantLease(1000));
    put(etcd, 'a', '1', lease);
    put(etcd, 'b', '1', lease);
    put(etcd, 'c', '1');
    sim.runUntil(sim.now() + 999);
    expect(etcd.size).toBe(3);
    sim.runUntil(sim.now() + 1);
    expect([etcd.size, etcd.revision]).toEqual([1, 5]);
    expect(etcd.history.at(5)[0]?.cause).toMatchObject({ component: 'etcd', input: 'lease expired' });
  });

  test('lasts while it is kept alive, and does not take keys that were written without it since', () => {
    const { sim, etcd } = open();
    const lease = unwrap(etcd.grantLease(1000));
    put(etcd, 'a', '1', lease);
    put(etcd, 'b', '1', lease);
    sim.runUntil(sim.now() + 900);
    unwrap(etcd.keepAlive(lease));
    sim.runUntil(sim.now() + 900);
    expect(etcd.size).toBe(2);
    put(etcd, 'b', '2');
    unwrap(etcd.revokeLease(lease));
    expect(etcd.history.range('', etcd.revision).map(({ key }) => key)).toEqual(['b']);
    expect([etcd.keepAlive(lease), etcd.revokeLease(lease)].map(codeOf)).toEqual([
      'leaseNotFound',
      'leaseNotFound',
    ]);
    expect(codeOf(etcd.putIf('c', 0, () => 'x', CAUSE, lease))).toBe('leaseNotFound');
  });

  test('takes no key that has another lease by then, and a key it got twice once', () => {
    const { sim, etcd } = open();
    const short = unwrap(etcd.grantLease(1000));
    const long = unwrap(etcd.grantLease(5000));
    put(etcd, 'moved', '1', short);
    put(etcd, 'moved', '2', long);
    put(etcd, 'again', '1', short);
    del(etcd, 'again');
    put(etcd, 'again', '2', short);
    const { revision } = etcd;
    sim.runUntil(sim.now() + 1000);
    expect(etcd.history.at(revision + 1).map(({ key }) => key)).toEqual(['again']);
    expect(etcd.revision).toBe(revision + 1);
    sim.runUntil(sim.now() + 4000);
    expect(etcd.size).toBe(0);
  });

  test('does not run out while nobody could keep it alive', () => {
    const { sim, etcd } = open();
    put(etcd, 'a', '1', unwrap(etcd.grantLease(1000)));
    etcd.setOnline(false);
    sim.runUntil(sim.now() + 1500);
    etcd.setOnline(true);
    expect(etcd.size).toBe(1);
    sim.runUntil(sim.now() + 1000);
    expect(etcd.size).toBe(0);
  });
});

describe('a member that is down', () => {
  test('answers nothing, drops its watches and keeps its data', () => {
    const { etcd } = open();
    put(etcd, 'a', '1');
    const seen: string[] = [];
    let closed = 0;
    etcd.watch(
      '',
      (records) => seen.push(...records.map(({ key }) => key)),
      undefined,
      () => closed++,
    );
    const stopped = unwrap(
      etcd.watch(
        '',
        () => {},
        undefined,
        () => closed++,
      ),
    );
    stopped.stop();
    etcd.setOnline(false);
    const answers = [
      etcd.get('a'),
      etcd.range(''),
      etcd.putIf('b', 0, () => 'x', CAUSE),
      etcd.watch('', () => {}),
      etcd.grantLease(1),
    ];
    expect(answers.map(codeOf)).toEqual(Array(5).fill('unavailable'));
    etcd.setOnline(true);
    put(etcd, 'b', '1');
    expect([closed, seen, etcd.size]).toEqual([1, [], 2]);
  });

  test('refuses a watch handler that writes', () => {
    const { etcd } = open();
    etcd.watch('', () => void etcd.putIf('x', 0, () => 'y', CAUSE));
    expect(() => put(etcd, 'a', '1')).toThrow('must not write');
  });
});
