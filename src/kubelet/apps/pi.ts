const GUARD = 10;
const known = new Map<number, string>();

/** Pi with so many significant digits, as `bpi` prints it (Machin's formula). */
export function piDigits(digits: number): string {
  const found = known.get(digits);
  if (found !== undefined) return found;
  const unit = 10n ** BigInt(digits - 1 + GUARD);
  const scaled = 16n * arctanOfInverse(5n, unit) - 4n * arctanOfInverse(239n, unit);
  // Rounded as bignum rounds, not cut.
  const guard = 10n ** BigInt(GUARD);
  const text = ((scaled + guard / 2n) / guard).toString();
  const pi = digits === 1 ? text : `${text.slice(0, 1)}.${text.slice(1)}`;
  known.set(digits, pi);
  return pi;
}

function arctanOfInverse(x: bigint, unit: bigint): bigint {
  let power = unit / x;
  let sum = power;
  const square = x * x;
  for (let n = 3n, sign = -1n; power > 0n; n += 2n, sign = -sign) {
    power /= square;
    sum += (sign * power) / n;
  }
  return sum;
}
