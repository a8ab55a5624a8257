import type { Session } from '../game/session.ts';
import { phrasesFor } from '../game/texts/texts.ts';
import type { GoalView, Language } from '../game/types.ts';
import { sanitize, sanitizeLines } from '../ui/theme/sanitize.ts';
import { ExitCode } from './exitcode.ts';
import type { Io } from './io.ts';
import { junitXml } from './junit.ts';
import { type CommonOptions, styleFor } from './style.ts';
import type { OutputFormat } from './subcommand.ts';
import { texts } from './texts.ts';

/** How a run is reported. */
export interface RunReportOptions extends CommonOptions {
  readonly language: Language;
  readonly output: OutputFormat;
  readonly transcript?: true;
  /** Why the moves could not be made to their end. */
  readonly problem?: string;
}

/** Prints how a level went; the exit code says whether it was won. */
export function printRun(io: Io, session: Session, options: RunReportOptions): ExitCode {
  const { output } = options;
  if (output === 'json') io.out(`${JSON.stringify(runAsJson(session, options.problem), null, 2)}\n`);
  else if (output === 'junit') io.out(runAsJunit(session, options.problem));
  else io.out(`${runAsText(io, session, options).join('\n')}\n`);
  return session.state.kind === 'won' ? ExitCode.ok : ExitCode.failed;
}

function timeOf({ state, elapsed }: Session): number {
  return state.kind === 'playing' ? elapsed : state.at;
}

function runAsJson(session: Session, problem: string | undefined): unknown {
  const { level, seed, state, goals, score, cluster, transcript } = session;
  return {
    level: level.id,
    seed,
    result: state.kind === 'playing' ? 'open' : state.kind,
    elapsedMs: timeOf(session),
    goals: goals.map(({ id, type, text, state: standing, match, leaves, failure }) => ({
      id,
      type,
      text,
      state: standing,
      match,
      leaves,
      ...(failure === undefined ? {} : { failure }),
    })),
    score,
    ...(problem === undefined ? {} : { problem }),
    revision: cluster.revision,
    stateHash: cluster.stateHash(),
    actions: session.actions,
    transcript: transcript.map(({ at, kind, text }) => ({ at, kind, text })),
  };
}

function runAsJunit(session: Session, problem: string | undefined): string {
  const cases = session.goals.map((goal) => ({
    name: goal.text,
    ...(isReached(goal)
      ? {}
      : { failure: { message: missing(goal, session.language).join('; ') || goal.state } }),
  }));
  const won = session.state.kind === 'won';
  const whole = {
    name: 'won',
    time: timeOf(session),
    ...(won ? {} : { failure: { message: problem ?? (session.state.kind === 'lost' ? 'lost' : 'not won') } }),
  };
  return junitXml('shipshape run', [{ name: session.level.id, cases: [...cases, whole] }]);
}

function runAsText(io: Io, session: Session, options: RunReportOptions): readonly string[] {
  const { language } = options;
  const t = texts[language];
  const style = styleFor(io, options);
  const { level, state, goals, score, seed, cluster } = session;
  const time = phrasesFor(language).duration(timeOf(session));
  const title = sanitize(level.title[language]);
  const head = state.kind === 'won' ? t.won : state.kind === 'lost' ? t.lost : t.notWon;
  const stars = score.stars.map((star) => (star ? style.star : style.noStar)).join('');
  const { par } = score;
  return [
    ...(options.transcript === true ? [...transcriptLines(session, () => true), ''] : []),
    `${state.kind === 'won' ? style.ok : style.bad} ${style.bold(head(title, time))}`,
    ...goals.flatMap((goal) => [
      `  ${isReached(goal) ? style.ok : goal.state === 'failed' ? style.bad : style.open} ${sanitize(goal.text)}`,
      ...(isReached(goal) ? [] : missing(goal, language).map((line) => `      ${sanitize(line)}`)),
    ]),
    ...(options.problem === undefined ? [] : [`  ${sanitize(options.problem)}`]),
    ...(state.kind === 'won' || options.transcript === true
      ? []
      : transcriptLines(session, (kind) => kind === 'stderr').map((line) => `  ${line}`)),
    `${t.scores(score.service, score.cargo, score.helm)}   ${stars}   ${style.dim(t.par(par.service, par.cargo, par.helm))}`,
    style.dim(t.run(seed, cluster.revision, cluster.stateHash())),
  ];
}

function isReached({ state, match }: GoalView): boolean {
  return state === 'met' || (state === 'holding' && match === 1);
}

/** What keeps a goal from being reached, a line each. */
function missing({ leaves, failure }: GoalView, language: Language): readonly string[] {
  const wrong = leaves
    .filter(({ ok }) => !ok)
    .map(
      ({ path, wanted, got }) => `${path}: ${wanted === '' ? got : texts[language].wantedGot(wanted, got)}`,
    );
  return failure === undefined ? wrong : [...wrong, ...failure.split('\n').filter((line) => line !== '')];
}

function transcriptLines(session: Session, wanted: (kind: string) => boolean): readonly string[] {
  return session.transcript
    .filter(({ kind }) => wanted(kind))
    .flatMap(({ kind, text }) =>
      sanitizeLines(text).map((line) => (kind === 'command' ? `$ ${line}` : line)),
    );
}
