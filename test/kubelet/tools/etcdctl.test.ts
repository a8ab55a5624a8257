import { describe, expect, it } from 'vitest';
import { framedTable, humanBytes } from '../../../src/kubelet/tools/etcdclient.ts';
import { etcdctl } from '../../../src/kubelet/tools/etcdctl.ts';
import { etcdutl } from '../../../src/kubelet/tools/etcdsnapshot.ts';
import { findTool } from '../../../src/kubelet/tools/registry.ts';

// What they do with an etcd is told by test/scenarios/etcdctl-reads.yaml and etcd-snapshot-restore.yaml.
describe('etcdctl and etcdutl (etcdsnapshot)', () => {
  it('are found by name', () => {
    expect([findTool('etcdctl'), findTool('etcdutl')]).toEqual([etcdctl, etcdutl]);
  });

  it('print sizes in units of a thousand, as go-humanize does', () => {
    expect([0, 999, 20_480, 3_140_000, 12_000_000_000].map(humanBytes)).toEqual([
      '0 B',
      '999 B',
      '20 kB',
      '3.1 MB',
      '12 GB',
    ]);
  });

  it('print tables with frames', () => {
    expect(framedTable(['ID', 'NAME'], [['8e9e05c52164694d', 'a']])).toBe(
      [
        '+------------------+------+',
        '|        ID        | NAME |',
        '+------------------+------+',
        '| 8e9e05c52164694d | a    |',
        '+------------------+------+',
        '',
      ].join('\n'),
    );
  });
});
