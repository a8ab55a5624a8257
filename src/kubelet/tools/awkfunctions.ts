/** The functions of awk that need nothing but their arguments. */

type Value = number | string;

const MAX_WIDTH = 1000;

/** The result of a function; undefined when there is none of that name. */
export function callFunction(name: string, args: readonly Value[]): Value | undefined {
  const text = (i: number): string => String(args[i] ?? '');
  const number = (i: number): number => Number.parseFloat(text(i)) || 0;
  switch (name) {
    case 'length':
      return text(0).length;
    case 'substr': {
      const from = Math.round(number(1));
      const end = args[2] === undefined ? Number.POSITIVE_INFINITY : from + Math.round(number(2));
      return text(0).slice(Math.max(0, from - 1), Math.max(0, Math.min(text(0).length, end - 1)));
    }
    case 'index':
      return text(0).indexOf(text(1)) + 1;
    case 'toupper':
      return text(0).toUpperCase();
    case 'tolower':
      return text(0).toLowerCase();
    case 'int':
      return Math.trunc(number(0));
    case 'sqrt':
      return Math.sqrt(number(0));
    case 'sprintf':
      return awkFormat(text(0), args.slice(1));
    default:
      return undefined;
  }
}

/** `printf`: `%s`, `%d`, `%i`, `%c`, `%x`, `%o`, `%f`, `%e`, `%g`, `%%` with width and precision. */
export function awkFormat(format: string, values: readonly Value[]): string {
  let used = 0;
  return format.replace(
    /%([-+ 0]*)(\d*)(?:\.(\d+))?([sdicxofeg%])/g,
    (_, flags: string, width: string, precision: string | undefined, kind: string) => {
      if (kind === '%') return '%';
      const shown = convert(
        kind,
        values[used++] ?? '',
        precision === undefined ? undefined : Number(precision),
      );
      const size = Math.min(MAX_WIDTH, Number(width));
      const signed = flags.includes('+') && kind !== 's' && !shown.startsWith('-') ? `+${shown}` : shown;
      if (flags.includes('-')) return signed.padEnd(size);
      return flags.includes('0') && kind !== 's' ? signed.padStart(size, '0') : signed.padStart(size);
    },
  );
}

function convert(kind: string, value: Value, precision: number | undefined): string {
  const number = typeof value === 'number' ? value : Number.parseFloat(value) || 0;
  const digits = Math.min(precision ?? 6, 100);
  switch (kind) {
    case 's':
      return String(value).slice(0, precision);
    case 'c':
      return typeof value === 'number' ? String.fromCharCode(value & 0xffff) : value.slice(0, 1);
    case 'x':
      return Math.trunc(number).toString(16);
    case 'o':
      return Math.trunc(number).toString(8);
    case 'f':
      return number.toFixed(digits);
    case 'e':
      return number.toExponential(digits).replace(/e([-+])(\d)$/, 'e$10$2');
    case 'g':
      return String(Number(number.toPrecision(Math.max(1, digits))));
    default:
      return String(Math.trunc(number));
  }
}
