import { goQuote } from '../apimachinery/gostring.ts';
import type { Status, StatusCause } from '../apimachinery/status.ts';
import type { KubectlContext } from './context.ts';

/** Why kubectl gave up: the server's refusal, or kubectl's own words without `error: `. */
export type Failure = { readonly failure: Status | string };

/** A refusal as a value. */
export function failure(failure: Status | string): Failure {
  return { failure };
}

/** Whether a result is a refusal. */
export function isFailed(value: object): value is Failure {
  return 'failure' in value;
}

/** Prints why it failed, as kubectl's CheckErr does (pkg/cmd/util/helpers.go), and gives the exit code. */
export function fail(context: KubectlContext, ...errors: readonly (Status | string)[]): number {
  if (errors.length === 0) return 0;
  const [only] = errors;
  const text =
    errors.length === 1 && only !== undefined
      ? messageOf(only, context.config.server)
      : [...new Set(errors.map((e) => partOf(e, context.config.server)))].join('\n');
  context.stdio.err(text.endsWith('\n') ? text : `${text}\n`);
  return 1;
}

/** The whole message about one error. */
export function messageOf(error: Status | string, server: string): string {
  if (typeof error === 'string') return error.startsWith('error: ') ? error : `error: ${error}`;
  return error.reason === 'Invalid' ? invalidMessage(error) : statusMessage(error, server);
}

/** One of several errors: without `error: ` in front of kubectl's own words. */
function partOf(error: Status | string, server: string): string {
  return typeof error === 'string' ? error : statusMessage(error, server);
}

/** True when no answer came back at all: nobody listens, or the network is cut. */
export function isUnreachable(status: Status): boolean {
  return status.code === 0;
}

/** The message about a refusal of the server (`StandardErrorMessage`). */
export function statusMessage(status: Status, server: string): string {
  const message = status.message ?? '';
  if (isUnreachable(status)) {
    if ((status.reason as string) === 'ConnectionRefused') {
      const host = server.replace(/^https?:\/\//, '');
      return `The connection to the server ${host} was refused - did you specify the right host or port?`;
    }
    return `Unable to connect to the server: ${message}`;
  }
  if (status.reason === 'Unauthorized') return `error: You must be logged in to the server (${message})`;
  return status.reason === undefined || (status.reason as string) === ''
    ? `Error from server: ${message}`
    : `Error from server (${status.reason}): ${message}`;
}

function invalidMessage(status: Status): string {
  const details = status.details;
  let text = 'The request is invalid';
  if (details === undefined) return `${text}: ${status.message ?? ''}`;
  const causes = details.causes ?? [];
  if ((details.kind ?? '') !== '' || (details.name ?? '') !== '')
    text = `The ${details.kind ?? ''} ${goQuote(details.name ?? '')} is invalid`;
  else if (causes.length === 0) text += `: ${status.message ?? ''}`;
  const lines = [...new Set(causes.map(formatCause))];
  if (lines.length === 0) return text;
  return lines.length === 1 ? `${text}: ${lines[0]}` : `${text}: \n${lines.map((l) => `* ${l}`).join('\n')}`;
}

function formatCause(cause: StatusCause): string {
  return `${cause.field ?? ''}: ${cause.message ?? ''}`;
}

/** Names the file an object came from in a refusal (`AddSourceToErr`). */
export function withSource(verb: string, source: string, error: Status | string): Status | string {
  if (source === '') return error;
  if (typeof error === 'string') return `error when ${verb} ${goQuote(source)}: ${error}`;
  if (isUnreachable(error)) return error;
  return { ...error, message: `error when ${verb} ${goQuote(source)}: ${error.message ?? ''}` };
}

/** A complaint about how a verb was called (`UsageErrorf`). `path` is e.g. `kubectl create deployment`. */
export function usageError(path: string, message: string): string {
  return `${message}\nSee '${path} -h' for help and examples`;
}

/** Prints the `Warning:` headers of an answer. */
export function printWarnings(context: KubectlContext, warnings: readonly string[] | undefined): void {
  for (const warning of warnings ?? []) context.stdio.err(`Warning: ${warning}\n`);
}
