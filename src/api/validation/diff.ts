import { semanticEqual } from '../../apimachinery/equal.ts';
import { child, index } from '../../apimachinery/fielderror.ts';
import { goJson } from '../../apimachinery/gostring.ts';

/** A diff longer than this is cut: it is read by people. */
const MAX_LINES = 40;

/**
 * Where two values differ, one line for each value that is gone (`-`) or new (`+`). It stands for the
 * diff that upstream takes from Go's structs, in the field names that manifests use.
 */
export function diffText(old: unknown, next: unknown): string {
  const lines: string[] = [];
  diff(lines, '', old, next);
  if (lines.length > MAX_LINES) lines.splice(MAX_LINES, lines.length - MAX_LINES, '  ...');
  return lines.join('\n');
}

function diff(lines: string[], path: string, old: unknown, next: unknown): void {
  if (lines.length > MAX_LINES || semanticEqual(old, next)) return;
  if (Array.isArray(old) && Array.isArray(next)) {
    for (let i = 0; i < Math.max(old.length, next.length); i++) diff(lines, index(path, i), old[i], next[i]);
  } else if (isMap(old) && isMap(next)) {
    for (const key of [...new Set([...Object.keys(old), ...Object.keys(next)])].sort()) {
      diff(lines, child(path, key), own(old, key), own(next, key));
    }
  } else {
    if (old !== undefined) lines.push(`- ${path}: ${goJson(old)}`);
    if (next !== undefined) lines.push(`+ ${path}: ${goJson(next)}`);
  }
}

function own(map: Record<string, unknown>, key: string): unknown {
  return Object.hasOwn(map, key) ? map[key] : undefined;
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
