import type { BudgetItem, Count, ObjectsPhrase, Phrases, PlacePhrase, Term } from './phrases.ts';
import { quoted } from './quoted.ts';
import { knownSelector, knownTerm, type TermType } from './terms.ts';

const BUDGET: Readonly<Record<BudgetItem, string>> = {
  nodes: 'nodes in use',
  cpu: 'requested cpu',
  memory: 'requested memory',
  moves: 'moves',
  time: 'time',
  restarts: 'container restarts',
};

/** A clause as its verb and the rest: `is` + `ready`. Verbs are those of one object. */
type Clause = readonly [verb: string, rest: string];

const CLAUSES: Readonly<Record<TermType, (value: string, key: string) => Clause>> = {
  absent: (_, key) => ['has', `no ${key}`],
  available: () => ['is', 'available'],
  availableReplicas: (n) => ['has', numbered(n, 'available pod')],
  condition: (type) => ['has', `the condition ${type}`],
  cordoned: () => ['is', 'cordoned'],
  deleting: () => ['is', 'being deleted'],
  disruption: (reason) => ['is', `given up (${reason})`],
  equals: (value, key) => ['has', `${key} ${value}`],
  headless: () => ['is', 'headless'],
  image: (image) => ['runs', `image ${image}`],
  label: (value, key) => ['has', `label ${key}=${value}`],
  limit: (amount, resource) => ['is', `limited to ${amount} ${resource}`],
  noCondition: (type) => ['has', `not the condition ${type}`],
  noLabel: (_, key) => ['has', `no label ${key}`],
  noOwner: () => ['has', 'no owner'],
  nodePort: (port) => ['has', `node port ${port}`],
  notDeleting: () => ['is', 'not being deleted'],
  notReady: () => ['is', 'not ready'],
  onNode: (node) => ['is', `on ${node}`],
  owner: (owner) => ['is', `owned by ${/^[A-Z]/.test(owner) ? `a ${owner}` : owner}`],
  phase: (phase) => [/^(?:Succeeded|Failed)$/.test(phase) ? 'has' : 'is', phase.toLowerCase()],
  pods: (n) => ['has', numbered(n, 'pod')],
  port: (port) => ['has', `port ${port}`],
  present: (_, key) => ['has', key],
  ready: () => ['is', 'ready'],
  readyReplicas: (n) => ['has', numbered(n, 'ready pod')],
  replicas: (n) => ['has', numbered(n, 'replica')],
  request: (amount, resource) => ['requests', `${amount} ${resource}`],
  serviceType: (type) => ['is', `of type ${type}`],
  targetPort: (port) => ['has', `target port ${port}`],
  updatedReplicas: (n) => ['has', numbered(n, 'updated pod')],
};

function clause(term: Term): Clause {
  const { type, value, key } = knownTerm(term);
  return CLAUSES[type](value, key);
}

function numbered(value: string, noun: string): string {
  return `${value} ${value === '1' ? noun : `${noun}s`}`;
}

const PLURAL: Readonly<Record<string, string>> = { is: 'are', has: 'have', runs: 'run', requests: 'request' };

/** All clauses; one with the verb of the one before does without: `has 4 pods and 4 ready pods`. */
function terms(all: readonly Term[], plural: boolean): string {
  if (all.length === 0) return plural ? 'exist' : 'exists';
  const clauses = all.map(clause);
  return enumerate(
    clauses.map(([verb, rest], i) => {
      if (clauses[i - 1]?.[0] === verb) return rest;
      return `${plural ? (PLURAL[verb] ?? verb) : verb} ${rest}`;
    }),
  );
}

function enumerate(parts: readonly string[]): string {
  if (parts.length <= 1) return parts[0] ?? '';
  return `${parts.slice(0, -1).join(', ')} and ${parts.at(-1) ?? ''}`;
}

function kindPlural(kind: string): string {
  return /(?:s|x|ch)$/.test(kind)
    ? `${kind}es`
    : /[^aeiou]y$/.test(kind)
      ? `${kind.slice(0, -1)}ies`
      : `${kind}s`;
}

function labelled(objects: ObjectsPhrase, plural: boolean): string {
  const noun = plural ? kindPlural(objects.kind) : objects.kind;
  const name = objects.name === undefined ? '' : ` ${objects.name}`;
  return `${noun}${name}${objects.selector === undefined ? '' : selected(objects.selector)}`;
}

function selected(text: string): string {
  const known = knownSelector(text);
  if (known.type === 'service') return ` of Service ${known.name}`;
  return known.type === 'deploymentPods' ? ' made by a Deployment' : ` labelled ${known.text}`;
}

function also(text: string | undefined): string {
  return text === undefined ? '' : `, ${text}`;
}

function count({ min, max }: Count): string {
  if (max === undefined) return `at least ${min}`;
  if (min === max) return min === 0 ? 'no' : `exactly ${min}`;
  return min === 0 ? `at most ${max}` : `${min} to ${max}`;
}

function isOne({ min, max }: Count): boolean {
  return (max ?? min) === 1;
}

function place(from: PlacePhrase): string {
  if (from === 'outside') return 'from outside';
  if (from.node !== undefined) return `from ${from.node}`;
  return `from a pod labelled ${from.pod ?? ''}`;
}

function duration(ms: number): string {
  const total = Math.round(ms / 100) / 10;
  const minutes = Math.floor(total / 60);
  const seconds = Math.round((total - minutes * 60) * 10) / 10;
  if (minutes === 0) return `${seconds} s`;
  return seconds === 0 ? `${minutes} min` : `${minutes} min ${seconds} s`;
}

function percent(part: number): string {
  return `${Math.round(part * 10_000) / 100} %`;
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

/** English. */
export const en: Phrases = {
  language: 'en',

  stateHolds(objects) {
    const plural = objects.count !== undefined && !isOne(objects.count);
    const rest = `${labelled(objects, plural)} ${terms(objects.terms, plural)}${also(objects.also)}`;
    return objects.count === undefined ? rest : capital(`${count(objects.count)} ${rest}`);
  },
  neverMatching(objects) {
    const { moreThan, name } = objects;
    if (moreThan > 0) {
      const which = objects.terms.length === 0 ? '' : ` that ${terms(objects.terms, true)}`;
      return `There are never more than ${moreThan} ${labelled(objects, true)}${which}${also(objects.also)}`;
    }
    const noun = labelled(objects, false);
    const never = name === undefined ? 'ever' : 'never';
    return `${name === undefined ? 'No ' : ''}${noun} ${adverb(objects.terms, never)}${also(objects.also)}`;
  },
  neverNoEndpoints: (service) => `Service ${service} is never without a ready endpoint`,
  neverNodes: (moreThan) =>
    `There are never more than ${moreThan} ${moreThan === 1 ? 'node' : 'nodes'} in use`,
  traffic(traffic) {
    const parts = [
      ...(traffic.status === undefined ? [] : [`with ${traffic.status}`]),
      ...(traffic.body === undefined
        ? []
        : [`${traffic.status === undefined ? 'with ' : ''}${quoted(traffic.body)}`]),
      ...(traffic.latency === undefined ? [] : [`within ${traffic.latency} ms for 99 of 100`]),
    ];
    const how = parts.length === 0 ? '' : ` ${enumerate(parts)}`;
    return `At least ${percent(traffic.availability)} of requests ${place(traffic.from)} to ${traffic.url} are answered${how}, over ${duration(traffic.window)}`;
  },
  budget: (items) =>
    `At most ${enumerate(items.map(({ item, text }) => `${text} ${item === 'time' ? '' : BUDGET[item]}`.trim()))}`,
  question: (question) => question,

  eventually(sentence, by, hold) {
    const within = by === undefined ? '' : `, within ${duration(by)}`;
    return `${sentence}${within}${hold === undefined ? '' : `, for ${duration(hold)} without a break`}`;
  },
  always(sentence, from, to) {
    if (to === undefined) return from === 0 ? sentence : `${sentence}, from ${duration(from)} on`;
    return `${sentence}, from ${duration(from)} to ${duration(to)}`;
  },

  matching: (kind) => `matching ${kindPlural(kind)}`,
  noObject: (kind) => `no such ${kind} yet`,
  none: 'none',
  any: 'any',
  exists: 'exists',
  yes: 'yes',
  no: 'no',
  atMost: (amount) => `at most ${amount}`,
  budgetItem: (item) => BUDGET[item],
  readyEndpoints: (service) => `ready endpoints of ${service}`,
  answer: 'answer',
  noAnswer: 'none yet',

  duration,
  failure: ({ path, wanted, got, at }) =>
    `${at === undefined ? '' : `At ${duration(at)}: `}${path}: ${wanted === '' ? got : `wanted ${wanted}, got ${got}`}`,
  lateFailure: (by) => `Not so by ${duration(by)}`,
  lastEvents: 'Last events:',

  busy: 'A program is running here. Ctrl+C ends it.',
  lineTooLong: 'The line is too long.',
  logFull: 'This run has become too long to be recorded. Start the level again.',
  notReading: 'No program is reading a line.',
  noEditor: 'No program has opened an editor.',
  nothingToInterrupt: 'No program is running.',
  noHintLeft: 'There are no more hints.',
  unknownGoal: 'There is no such goal.',
  notAQuestion: 'That goal is no question.',
  onlyInSandbox: 'Faults can be thrown by hand in the sandbox only.',
  fileRefused: 'The file cannot be kept: its name is not a plain path, or the folder is full.',
  notAllowed: (command, allowed) => `${command} is not available in this level. Available: ${allowed}`,
  emptyAnswer: 'An answer needs a word or two.',
  answerRight: 'That is right.',
  answerWrong: 'That is not it, and the guess costs a point on Helm. Look again.',
  noField: (word) => `"${word}" is no field: a field is written name=value.`,
  commands: {
    hint: { summary: 'opens the next hint', usage: 'hint' },
    answer: { summary: 'answers a question of the level', usage: 'answer QUESTION WORD...' },
    fault: {
      summary: 'breaks, mends or adds something in the sandbox',
      usage: 'fault KIND [FIELD=VALUE ...], as in: fault NodeDown node=node-1',
    },
  },
  won: 'Shipshape: the level is won.',
  lost: (goal) => `The level is lost: ${goal}`,
  outOfTime: 'the time is up',
};

/** The clauses of one object with an adverb behind `is`, or before any other verb. */
function adverb(all: readonly Term[], word: 'ever' | 'never'): string {
  const text = terms(all, false);
  return text.startsWith('is ') ? `is ${word}${text.slice(2)}` : `${word} ${text}`;
}
