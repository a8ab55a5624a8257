import { kindByGVK } from '../api/kinds/registry.ts';
import { schema } from '../api/schema.ts';
import type { JsonObject } from '../apimachinery/json.ts';
import { isObject, own } from '../apimachinery/object.ts';
import { isPatchError } from '../apimachinery/patcherror.ts';
import { createTwoWayMergePatch } from '../apimachinery/strategicdiff.ts';
import { parseManifests } from '../apimachinery/yaml.ts';
import { shellWord, writeCommand } from './commandwords.ts';
import { faultCommand } from './faultcommand.ts';
import type { ActionLine, PlayerAction, PromptState } from './types.ts';

/** How things stood just before an action. */
export interface BeforeAction {
  readonly prompt: PromptState;
  readonly files: ReadonlyMap<string, string>;
  /** A file of the player's folder as a word of a command typed where the shell stands. */
  fileWord(path: string): string;
}

/** Lines of a command, and patches, are no longer than what a prompt takes. */
const MAX_LINE = 10_000;

/**
 * What the player did, oldest first, each with the command that does the same. It is written as things
 * happen, since the command depends on how they stood.
 */
export class ActionLog {
  readonly #lines: ActionLine[] = [];
  /** What the editor of the command that runs was opened with, by file: a text that was refused opens it again. */
  readonly #opened = new Map<string, string>();
  /** The file saved last, and when: what is applied at the same instant was applied from the editor. */
  #saved: { readonly at: number; readonly command: string } | undefined;

  get lines(): readonly ActionLine[] {
    return this.#lines;
  }

  /** Enters an action that was not refused; `at`: ms since the level began. */
  add(at: number, action: PlayerAction, before: BeforeAction): void {
    switch (action.type) {
      case 'command':
        this.#command(at, action.line);
        return;
      case 'input':
        this.#input(at, action.line, before.prompt);
        return;
      case 'edited':
        this.#edited(at, action.text, before.prompt);
        return;
      case 'interrupt':
        this.#lines.push({ at, kind: 'interrupt', subject: '' });
        return;
      case 'file':
        this.#file(at, action.path, action.text, before);
        return;
      case 'hint':
        this.#lines.push({ at, kind: 'hint', subject: '', line: 'hint' });
        return;
      case 'answer': {
        const { goal, text } = action;
        const line = `answer ${goal} ${shellWord(text)}`;
        this.#lines.push({ at, kind: 'answer', subject: text.trim(), line });
        return;
      }
      case 'fault': {
        const line = faultCommand(action.fault);
        this.#lines.push({ at, kind: 'fault', subject: '', fault: action.fault, line });
      }
    }
  }

  #command(at: number, line: string): void {
    this.#opened.clear();
    const applied = this.#saved?.at === at && this.#saved.command === line;
    const subject = applied ? line.slice(APPLY.length) : '';
    this.#lines.push({ at, kind: applied ? 'applied' : 'typed', subject, line });
  }

  #input(at: number, line: string | undefined, prompt: PromptState): void {
    const before = this.#lines.at(-1);
    if (line === undefined) {
      this.#lines.push({ at, kind: 'endOfInput', subject: '' });
      return;
    }
    if (prompt.kind === 'reading' && prompt.secret) return;
    if (prompt.kind === 'reading' && prompt.more === true && before?.line !== undefined) {
      // The rest of a command that takes several lines.
      this.#lines[this.#lines.length - 1] = { ...before, line: `${before.line}\n${line}` };
      return;
    }
    this.#lines.push({ at, kind: 'line', subject: '', line });
  }

  #file(at: number, path: string, text: string | undefined, before: BeforeAction): void {
    const word = before.fileWord(path);
    if (text === undefined) {
      this.#lines.push({ at, kind: 'removed', subject: path, line: `rm ${word}` });
      return;
    }
    this.#saved = { at, command: applyCommand(word) };
    if (before.files.get(path) === text) return;
    this.#push({ at, kind: 'saved', subject: path }, writeCommand(word, text));
  }

  #edited(at: number, text: string | undefined, prompt: PromptState): void {
    if (prompt.kind !== 'editor') return;
    const { fileName } = prompt;
    if (text === undefined) {
      this.#lines.push({ at, kind: 'leftEditor', subject: fileName });
      return;
    }
    const opened = this.#opened.get(fileName) ?? prompt.text;
    this.#opened.set(fileName, opened);
    const command = isObjectText(opened)
      ? patchCommand(opened, text)
      : writeCommand(shellWord(fileName), text);
    this.#push({ at, kind: 'edited', subject: fileName }, command);
  }

  #push(action: Omit<ActionLine, 'line'>, line: string | undefined): void {
    this.#lines.push(line === undefined ? action : { ...action, line });
  }
}

const APPLY = 'kubectl apply -f ';

/** The command that applies a file; `file` is a word already. */
export function applyCommand(file: string): string {
  return APPLY + file;
}

/** What `kubectl edit` opens, in difference to a file. */
function isObjectText(text: string): boolean {
  return text.startsWith('# Please edit the object below.');
}

/** What `kubectl edit` sends when a text is saved, as the patch that it is; undefined when it sends nothing. */
function patchCommand(opened: string, text: string): string | undefined {
  const [before, after] = [objectIn(opened), objectIn(text)];
  if (before === undefined || after === undefined) return undefined;
  const {
    apiVersion,
    kind: kindName,
    metadata,
  } = before as {
    readonly apiVersion?: unknown;
    readonly kind?: unknown;
    readonly metadata?: JsonObject;
  };
  const kind = kindByGVK(String(apiVersion), String(kindName));
  if (kind === undefined || metadata === undefined) return undefined;
  const patch = createTwoWayMergePatch(before, after, schema, kind.schemaType);
  if (isPatchError(patch) || Object.keys(patch).length === 0) return undefined;
  const resource = kind.group === '' ? kind.singular : `${kind.singular}.${kind.group}`;
  const namespace = kind.namespaced ? ` -n ${String(own(metadata, 'namespace'))}` : '';
  const name = String(own(metadata, 'name'));
  const command = `kubectl patch ${resource} ${name}${namespace} --field-manager=kubectl-edit -p ${shellWord(JSON.stringify(patch))}`;
  return command.length > MAX_LINE ? undefined : command;
}

function objectIn(text: string): JsonObject | undefined {
  const { docs, errors } = parseManifests(text);
  const value = docs[0]?.value;
  return errors.length === 0 && docs.length === 1 && isObject(value) ? value : undefined;
}
