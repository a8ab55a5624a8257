import type { SessionView } from '../../game/types.ts';
import { bar, clock, type Draw, line, percent } from '../draw.ts';
import type { Speed } from '../host.ts';
import type { Row } from '../theme/row.ts';
import { indexStyle } from './timeline.ts';

/** The line at the top of a level: its name, speed and time, the shipshape index, the stars. */
export function headerRow(
  draw: Draw,
  session: SessionView,
  options: {
    readonly title: string;
    readonly speed: Speed;
    readonly paused: boolean;
    /** Whether time has yet to begin. */
    readonly reading: boolean;
    /** The second looked back at. */
    readonly past?: number;
  },
): Row {
  const { columns, theme, t } = draw;
  const { glyphs } = theme;
  const wide = columns >= 100;
  const right = line(draw, columns);
  const speed = options.speed === 'max' ? t.level.max : `x${options.speed}`;
  if (session.state.kind === 'won' && options.past === undefined)
    right.put(`${glyphs.check} ${t.level.won}`, 'ready');
  else if (session.state.kind === 'lost' && options.past === undefined)
    right.put(`${glyphs.cross} ${t.level.lostTitle}`, 'failing');
  else if (options.past !== undefined) {
    // This is not what is: nothing else on the screen may be missed less.
    const words = ` ${t.level.lookingBack(clock(options.past * 1000))} `;
    right.put(words, 'selected');
  } else if (options.reading) right.put(`${glyphs.pause} ${t.level.reading}`, 'waiting');
  else if (options.paused) right.put(`${glyphs.pause} ${t.level.paused}`, 'waiting');
  else right.put(`${glyphs.play} ${speed}`, 'plain');
  right.put(`  ${clock(session.elapsed)}  `);
  if (wide) right.put(`  ${t.level.shipshape} `, 'dim');
  if (session.goals.length > 0) {
    const { history } = session;
    const then = options.past === undefined ? undefined : history[Math.min(options.past, history.length - 1)];
    const index = then?.index ?? session.index;
    right.put(bar(draw, index, wide ? 12 : 8), indexStyle(index));
    right.put(percent(index).padStart(6)).put('  ');
    for (const star of session.score.stars)
      right.put(star ? glyphs.star : glyphs.noStar, star ? 'waiting' : 'dim');
  }
  const end = right.put(' ').end();
  const left = line(draw, columns).put(' ');
  left
    .put(glyphs.wheel, 'accent')
    .put(' ')
    .put(options.title, 'bold', Math.max(4, columns - end.width - left.width - 2));
  return left
    .to(columns - end.width)
    .row(end)
    .end();
}
