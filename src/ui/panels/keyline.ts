import { type Draw, line } from '../draw.ts';
import { type Binding, type CommandId, type Context, hintsFor, showKey } from '../keys.ts';
import type { Row } from '../theme/row.ts';
import { textWidth } from '../theme/width.ts';

/**
 * Words for commands that do something else just now than their own words say: these come first. With an empty
 * word a command is left out.
 */
export type KeyWords = Readonly<Partial<Record<CommandId, string>>>;

/** The line of keys at the bottom, from the table; the last ones (help, back) stand at the right. */
export function keyRow(draw: Draw, context: Context, words: KeyWords = {}): Row {
  const width = draw.columns;
  const all = hintsFor(context).filter(({ command }) => words[command] !== '');
  const told = all.filter(({ command }) => words[command] !== undefined);
  const hints = [...told, ...all.filter((binding) => !told.includes(binding))];
  const right = line(draw, width);
  for (const binding of hints.filter(({ hint }) => (hint ?? 0) >= 80)) put(draw, right, binding, words);
  const end = right.end();
  const left = line(draw, width).put(' ');
  for (const binding of hints) {
    if ((binding.hint ?? 0) >= 80) continue;
    const size =
      textWidth(showKey(binding.keys[0] ?? '', draw.t, draw.theme)) +
      textWidth(words[binding.command] ?? draw.t.keys[binding.command]) +
      3;
    // The space after the last key need not be there.
    if (left.width + size - 2 > width - end.width) break;
    put(draw, left, binding, words);
  }
  return left
    .to(width - end.width)
    .row(end)
    .end();
}

function put(draw: Draw, row: ReturnType<typeof line>, { keys, command }: Binding, words: KeyWords): void {
  row
    .put(showKey(keys[0] ?? '', draw.t, draw.theme), 'key')
    .put(` ${words[command] ?? draw.t.keys[command]}  `, 'dim');
}
