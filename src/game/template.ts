import { LANGUAGES, localized } from './localized.ts';
import { refine, type Shape } from './shape.ts';
import type { Texts } from './types.ts';

/** Facts of a run that a debriefing may name: `{moves}`, `{drift}`. */
export const FACTS = [
  'cargo',
  'drift',
  'helm',
  'hints',
  'moves',
  'revision',
  'seed',
  'service',
  'stars',
  'time',
  'unavailable',
] as const;

export type Fact = (typeof FACTS)[number];

/** Facts that take a label selector: `{nodes:app=web}` names the nodes that carry such pods. */
export const SELECTED_FACTS = ['nodes', 'pods', 'count'] as const;

export type SelectedFact = (typeof SELECTED_FACTS)[number];

const PLACEHOLDER = /\{([^{}\n]{1,100})\}/g;
const SELECTED = /^([a-z]+):([A-Za-z0-9./=,_-]+)$/;

/** A text in each language with placeholders of the closed set. */
export function templateShape(max: number): Shape<Texts> {
  return refine(localized(max), (texts, path, issues) => {
    let ok = true;
    for (const language of LANGUAGES) {
      for (const [whole, inner = ''] of texts[language].matchAll(PLACEHOLDER)) {
        if (parse(inner) !== undefined) continue;
        const wanted = `one of ${FACTS.map((fact) => `{${fact}}`).join(', ')}, {nodes:LABELS}, {pods:LABELS}, {count:LABELS}`;
        issues.add('UnknownReference', `${path}.${language}`, wanted, whole);
        ok = false;
      }
    }
    return ok;
  });
}

/** Fills a checked template. */
export function fillTemplate(
  template: string,
  fact: (name: Fact) => string,
  selected: (name: SelectedFact, selector: string) => string,
): string {
  return template.replaceAll(PLACEHOLDER, (whole, inner: string) => {
    const found = parse(inner);
    if (found === undefined) return whole;
    return found.selector === undefined
      ? fact(found.name as Fact)
      : selected(found.name as SelectedFact, found.selector);
  });
}

function parse(inner: string): { readonly name: string; readonly selector: string | undefined } | undefined {
  if (FACTS.some((fact) => fact === inner)) return { name: inner, selector: undefined };
  const [, name = '', selector] = SELECTED.exec(inner) ?? [];
  return SELECTED_FACTS.some((fact) => fact === name) ? { name, selector } : undefined;
}
