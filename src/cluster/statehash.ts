import type { KubeObject } from '../api/object.ts';
import type { History } from '../etcd/store.ts';

/**
 * A hash over every recorded revision: key, revision, time and value of each change in order. Two runs
 * with the same seed and inputs have the same one, on any machine. (FNV-1a, two 32-bit lanes.)
 */
export function stateHash(history: History<KubeObject>, upTo: number): string {
  let a = 0x811c9dc5;
  let b = 0x9e3779b9;
  for (const record of history.between(history.oldest, upTo)) {
    const text = `${record.modRevision}|${record.time}|${record.key}|${JSON.stringify(record.value) ?? ''}`;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      a = Math.imul(a ^ code, 0x01000193);
      b = Math.imul(b ^ code, 0x85ebca6b);
      b ^= b >>> 13;
    }
  }
  return (a >>> 0).toString(16).padStart(8, '0') + (b >>> 0).toString(16).padStart(8, '0');
}
