/** Whether a list of choices still fails, in the same way. */
export type StillFails = (choices: readonly number[]) => Promise<boolean>;

const MAX_TRIES = 3_000;
const MAX_MILLISECONDS = 60_000;

/** Makes the choices of a failing case fewer and smaller, as long as it fails. */
export async function shrink(failing: readonly number[], stillFails: StillFails): Promise<readonly number[]> {
  const end = performance.now() + MAX_MILLISECONDS;
  let best = [...failing];
  let tries = 0;
  const isOver = (): boolean => tries >= MAX_TRIES || performance.now() > end;
  const attempt = async (candidate: readonly number[]): Promise<boolean> => {
    if (isOver()) return false;
    tries++;
    if (!(await stillFails(candidate))) return false;
    best = [...candidate];
    return true;
  };

  for (let before = Infinity; before > sum(best) && !isOver(); ) {
    before = sum(best);
    for (let size = 2 ** Math.floor(Math.log2(Math.max(1, best.length))); size >= 1; size = Math.floor(size / 2)) {
      for (let at = 0; at < best.length; ) {
        const without = [...best.slice(0, at), ...best.slice(at + size)];
        const zeroed = best.map((choice, index) => (index >= at && index < at + size ? 0 : choice));
        if (await attempt(without)) continue;
        if (sum(zeroed) < sum(best)) await attempt(zeroed);
        at += size;
      }
    }
    for (let at = 0; at < best.length; at++) {
      // By halves: a choice means the same for a range of numbers.
      for (let low = 0, high = best[at] ?? 0; high - low > 64; ) {
        const middle = Math.floor((low + high) / 2);
        if (await attempt(best.map((choice, index) => (index === at ? middle : choice)))) high = middle;
        else low = middle;
      }
    }
  }
  return best;
}

/** Shorter is smaller, whatever the numbers are. */
function sum(choices: readonly number[]): number {
  return choices.reduce((total, choice) => total + choice + 2 ** 20, 0);
}
