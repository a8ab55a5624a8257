import type { Pod } from '../api/generated/types.ts';
import { pod as podKind } from '../api/kinds/pod.ts';
import { nameOf } from '../api/object.ts';
import { parseSelector } from '../apimachinery/labelparser.ts';
import { anyKindOf } from './kindof.ts';
import type { Mirror } from './mirror.ts';
import { type Fact, fillTemplate, type SelectedFact } from './template.ts';
import type { ScoreView } from './types.ts';

/** What a debriefing can speak of. */
export interface DebriefFacts {
  readonly score: ScoreView;
  readonly drift: number;
  /** Without wrong answers, which count on Helm only. */
  readonly moves: number;
  readonly unavailable: number;
  readonly hints: number;
  readonly revision: number;
  readonly seed: number;
  /** As words. */
  readonly time: string;
  readonly mirror: Mirror;
}

const MAX_NAMES = 10;

/** Fills a level's closing words with what happened in this run. */
export function debriefing(template: string, facts: DebriefFacts): string {
  return fillTemplate(
    template,
    (name) => factText(name, facts),
    (name, selector) => selectedText(name, selector, facts.mirror),
  );
}

function factText(name: Fact, facts: DebriefFacts): string {
  const { score } = facts;
  switch (name) {
    case 'cargo':
      return oneDecimal(score.cargo);
    case 'drift':
      return oneDecimal(facts.drift);
    case 'helm':
      return String(score.helm);
    case 'moves':
      return String(facts.moves);
    case 'hints':
      return String(facts.hints);
    case 'revision':
      return String(facts.revision);
    case 'seed':
      return String(facts.seed);
    case 'service':
      return oneDecimal(score.service);
    case 'stars':
      return String(score.stars.filter(Boolean).length);
    case 'time':
      return facts.time;
    case 'unavailable':
      return oneDecimal(facts.unavailable);
  }
}

function selectedText(name: SelectedFact, text: string, mirror: Mirror): string {
  const selector = parseSelector(text);
  if ('error' in selector) return '-';
  const pods = mirror.ownObjects(anyKindOf(podKind)).filter((pod) => selector.matches(pod.metadata.labels));
  if (name === 'count') return String(pods.length);
  const names = name === 'pods' ? pods.map(nameOf) : pods.map((pod) => (pod as Pod).spec.nodeName ?? '');
  const found = [...new Set(names.filter((one) => one !== ''))].sort();
  const more = found.length > MAX_NAMES ? ', …' : '';
  return found.length === 0 ? '-' : found.slice(0, MAX_NAMES).join(', ') + more;
}

function oneDecimal(n: number): string {
  return String(Math.round(n * 10) / 10);
}
