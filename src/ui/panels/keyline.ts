import { type Draw, line } from '../draw.ts';
import { type Binding, type Context, hintsFor, showKey } from '../keys.ts';
import type { Row } from '../theme/row.ts';
import { textWidth } from '../theme/width.ts';

/** The line of keys at the bottom, from the table; the last ones (help, back) stand at the right. */
export function keyRow(draw: Draw, context: Context, width = draw.columns): Row {
  const hints = hintsFor(context);
  const right = line(draw, width);
  for (const binding of hints.filter(({ hint }) => (hint ?? 0) >= 80)) put(draw, right, binding);
  const end = right.end();
  const left = line(draw, width).put(' ');
  for (const binding of hints) {
    if ((binding.hint ?? 0) >= 80) continue;
    const size =
      textWidth(showKey(binding.keys[0] ?? '', draw.t, draw.theme)) +
      textWidth(draw.t.keys[binding.command]) +
      3;
    // The space after the last key need not be there.
    if (left.width + size - 2 > width - end.width) break;
    put(draw, left, binding);
  }
  return left
    .to(width - end.width)
    .row(end)
    .end();
}

function put(draw: Draw, row: ReturnType<typeof line>, { keys, command }: Binding): void {
  row.put(showKey(keys[0] ?? '', draw.t, draw.theme), 'key').put(` ${draw.t.keys[command]}  `, 'dim');
}
