import { RE2JS } from 're2js';
import { parseSelector } from '../../apimachinery/labelparser.ts';
import { type Failure, failure } from '../errors.ts';
import type { Target } from './kustomization.ts';
import type { ResMap } from './resmap.ts';
import type { Resource } from './resource.ts';

const PATTERNS = ['group', 'version', 'kind', 'name', 'namespace'] as const;

/** The resources that a target describes: by what they are called now, or ever were. */
export function select(map: ResMap, target: Target): readonly Resource[] | Failure {
  const patterns = new Map<string, RE2JS>();
  for (const field of PATTERNS) {
    const pattern = target[field] ?? '';
    if (pattern === '') continue;
    const compiled = compile(pattern);
    if (compiled === undefined)
      return failure(`error parsing regexp: invalid expression: \`^(?:${pattern})$\``);
    patterns.set(field, compiled);
  }
  const labels = parseSelector(target.labelSelector ?? '');
  if ('error' in labels) return failure(labels.error);
  const annotations = parseSelector(target.annotationSelector ?? '');
  if ('error' in annotations) return failure(annotations.error);
  const fits = (field: (typeof PATTERNS)[number], value: string): boolean =>
    patterns.get(field)?.matches(value) ?? true;
  return map.resources.filter((resource) => {
    const { id } = resource;
    return (
      fits('group', id.group) &&
      fits('version', id.version) &&
      fits('kind', id.kind) &&
      resource.allIds.some((known) => fits('name', known.name) && fits('namespace', known.namespace)) &&
      labels.matches(resource.map('labels')) &&
      annotations.matches(resource.map('annotations'))
    );
  });
}

function compile(pattern: string): RE2JS | undefined {
  try {
    return RE2JS.compile(`^(?:${pattern})$`);
  } catch {
    return undefined;
  }
}
