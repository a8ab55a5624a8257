import type { BudgetItem, Count, ObjectsPhrase, Phrases, PlacePhrase, Term } from './phrases.ts';
import { knownTerm } from './terms.ts';

const BUDGET: Readonly<Record<BudgetItem, string>> = {
  nodes: 'nodes in use',
  cpu: 'requested cpu',
  memory: 'requested memory',
  moves: 'moves',
  time: 'time',
  restarts: 'container restarts',
};

function term(one: Term, plural: boolean): string {
  const known = knownTerm(one);
  const [is, has] = plural ? ['are', 'have'] : ['is', 'has'];
  switch (known.type) {
    case 'ready':
    case 'available':
      return `${is} ${known.type}`;
    case 'running':
      return plural ? 'run' : 'runs';
    case 'succeeded':
      return `${has} succeeded`;
    case 'readyReplicas':
      return `${has} ${known.value} ready ${known.value === '1' ? 'pod' : 'pods'}`;
    case 'replicas':
      return `${has} ${known.value} ${known.value === '1' ? 'replica' : 'replicas'}`;
    case 'updated':
      return `${has} ${known.value} updated ${known.value === '1' ? 'pod' : 'pods'}`;
    case 'onNode':
      return `${is} on ${known.value}`;
    case 'image':
      return `${plural ? 'run' : 'runs'} ${known.value} in ${known.container}`;
    case 'label':
      return `${has} the label ${known.key}=${known.value}`;
    case 'absent':
      return `${has} no ${known.path}`;
    case 'present':
      return `${has} ${known.path}`;
    case 'equals':
      return `${has} ${known.path} ${known.value}`;
    case 'expression':
      return `${is} such that ${known.text}`;
  }
}

function terms(all: readonly Term[], plural: boolean): string {
  if (all.length === 0) return plural ? 'exist' : 'exists';
  return enumerate(all.map((one) => term(one, plural)));
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
  return `${noun}${name}${objects.selector === undefined ? '' : ` labelled ${objects.selector}`}`;
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
    if (objects.count === undefined) return `${labelled(objects, false)} ${terms(objects.terms, false)}`;
    const plural = !isOne(objects.count);
    return capital(`${count(objects.count)} ${labelled(objects, plural)} ${terms(objects.terms, plural)}`);
  },
  celHolds: (expression) => `It holds that ${expression}`,
  neverMatching(objects) {
    if (objects.moreThan > 0)
      return `Never do more than ${objects.moreThan} ${labelled(objects, true)} ${infinitive(objects.terms)}`;
    return objects.name === undefined
      ? `Never is there a ${labelled(objects, false)} that ${terms(objects.terms, false)}`
      : `Never is it so that ${labelled(objects, false)} ${terms(objects.terms, false)}`;
  },
  neverCel: (expression) => `Never does it hold that ${expression}`,
  neverNoEndpoints: (service) => `Service ${service} is never without a ready endpoint`,
  neverNodes: (moreThan) => `Never are more than ${moreThan} ${moreThan === 1 ? 'node' : 'nodes'} in use`,
  traffic(traffic) {
    const parts = [
      ...(traffic.status === undefined ? [] : [`with ${traffic.status}`]),
      ...(traffic.body === undefined ? [] : [`with "${traffic.body}"`]),
      ...(traffic.latency === undefined ? [] : [`within ${traffic.latency} ms for 99 of 100`]),
    ];
    const how = parts.length === 0 ? '' : ` ${enumerate(parts)}`;
    return `At least ${percent(traffic.availability)} of the requests ${place(traffic.from)} to ${traffic.url} are answered${how}, over ${duration(traffic.window)}`;
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

  matching: (plural) => `matching ${plural}`,
  count,
  atMost: (amount) => `at most ${amount}`,
  budgetItem: (item) => BUDGET[item],
  readyEndpoints: (service) => `ready endpoints of ${service}`,
  answer: 'answer',
  rightAnswer: 'the right one',
  noAnswer: 'none yet',

  duration,
  failure: ({ path, wanted, got, at }) => `At ${duration(at)}: ${path}: wanted ${wanted}, got ${got}`,
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
  answerRight: 'That is right.',
  answerWrong: 'That is not it. Look again.',
  won: 'Shipshape: the level is won.',
  lost: (goal) => `The level is lost: ${goal}`,
  outOfTime: 'the time is up',
};

/** The terms after "do": the plural of the present is the infinitive, but for "are". */
function infinitive(all: readonly Term[]): string {
  return terms(all, true).replace(/\bare\b/g, 'be');
}
