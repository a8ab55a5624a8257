import { formatIssue } from '../game/issue.ts';
import { loadScenario, runScenario, type ScenarioReport, type ScenarioResult } from '../game/scenario.ts';
import type { Scenario } from '../game/scenarioshape.ts';
import { sanitize } from '../ui/theme/sanitize.ts';
import { registerAssets } from './assets.ts';
import { ExitCode } from './exitcode.ts';
import { readInputs } from './inputs.ts';
import { type Io, refuse } from './io.ts';
import { junitXml } from './junit.ts';
import { ProgressBar } from './progressbar.ts';
import { type CommonOptions, type Style, styleFor } from './style.ts';
import type { OutputFormat } from './subcommand.ts';

/** The options of `shipshape simulate`. */
export interface SimulateOptions extends CommonOptions {
  readonly seed?: number;
  readonly output: OutputFormat;
}

type FileReport = ScenarioReport & { readonly file: string };

/** Runs every scenario and reports. Nothing is run unless all of them can be read. */
export function runScenarios(io: Io, paths: readonly string[], options: SimulateOptions): ExitCode {
  const files = readInputs(io, paths);
  if (typeof files === 'string') return refuse(io, files);
  const scenarios: { readonly file: string; readonly scenario: Scenario }[] = [];
  for (const { path, text } of files) {
    const loaded = loadScenario(path, text);
    if (!loaded.ok) return refuse(io, loaded.issues.map((issue) => sanitize(formatIssue(issue))).join('\n'));
    scenarios.push({ file: path, scenario: loaded.value });
  }
  registerAssets();
  const bar = new ProgressBar(io, scenarios.length);
  const reports = scenarios.map(({ file, scenario }): FileReport => {
    bar.advance(0, scenario.name);
    const report = runScenario(scenario, options.seed);
    bar.advance(1, scenario.name);
    return { file, ...report };
  });
  bar.clear();
  const ok = reports.every((report) => report.ok);
  if (options.output === 'json') io.out(`${JSON.stringify({ ok, scenarios: reports }, null, 2)}\n`);
  else if (options.output === 'junit') io.out(asJunit(reports));
  else io.out(`${reports.flatMap((report) => asText(report, styleFor(io, options))).join('\n')}\n`);
  return ok ? ExitCode.ok : ExitCode.failed;
}

function titleOf({ kind, index }: ScenarioResult): string {
  return `${kind === 'step' ? 'step' : 'expectation'} ${index + 1}`;
}

function failureOf({ at, wanted, got }: ScenarioResult): string {
  return `at ${at / 1000} s: wanted ${wanted}, got ${got}`;
}

function asJunit(reports: readonly FileReport[]): string {
  const suites = reports.map((report) => ({
    name: report.name,
    cases:
      report.problem === undefined
        ? report.results.map((result) => ({
            name: titleOf(result),
            ...(result.ok ? {} : { failure: { message: failureOf(result) } }),
          }))
        : [{ name: 'starts', failure: { message: report.problem } }],
  }));
  return junitXml('shipshape simulate', suites);
}

function asText(report: FileReport, style: Style): readonly string[] {
  const failed = report.results.filter(({ ok }) => !ok);
  return [
    `${report.ok ? style.ok : style.bad} ${sanitize(report.name)} ${style.dim(`(${sanitize(report.file)}, seed ${report.seed})`)}`,
    ...(report.problem === undefined ? [] : [`    ${sanitize(report.problem)}`]),
    ...failed.map((result) => `    ${titleOf(result)} ${sanitize(failureOf(result))}`),
  ];
}
