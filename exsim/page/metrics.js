// @ts-check
/** What /metrics tells, summed over labels, and how fast it grows. */

/**
 * @param {string} text as Prometheus reads it
 * @returns {Map<string, number>} by name without exsim_, all labels but `le` and `quantile` together
 */
export function sums(text) {
  const found = new Map();
  for (const line of text.split("\n")) {
    const match = /^(?:exsim_)?(\w+)(?:\{[^}]*\})? (\S+)/.exec(line);
    if (match && !match[1].endsWith("_bucket")) {
      found.set(match[1], (found.get(match[1]) ?? 0) + Number(match[2]));
    }
  }
  return found;
}

/** Compares each sample with the one before. */
export class Rates {
  constructor() {
    /** @type {Map<string, number>} */
    this.now = new Map();
    /** @type {Map<string, number>} */
    this.before = new Map();
    this.seconds = 0;
    this.taken = 0;
    /** @type {Map<string, {seconds: number, taken: number}>} */
    this.means = new Map();
  }

  /** @param {string} text @returns {number} when it was taken */
  take(text) {
    const time = performance.now();
    this.before = this.now;
    this.now = sums(text);
    this.seconds = this.taken ? (time - this.taken) / 1000 : 0;
    this.taken = time;
    return time;
  }

  /** @param {string} name */
  value(name) {
    return this.now.get(name) ?? 0;
  }

  /** @param {string} name how much more of it there was each second; 0 after a start anew */
  rate(name) {
    return this.seconds ? Math.max(0, this.growth(name) / this.seconds) : 0;
  }

  /** @param {string} name */
  growth(name) {
    return this.before.has(name) ? this.value(name) - (this.before.get(name) ?? 0) : 0;
  }

  /**
   * @param {string} name of a histogram of seconds
   * @returns {{seconds: number, age: number | null} | null} the mean of what came last, and how many
   *   seconds ago that was; until something comes the mean of all, of no age; null: there was nothing
   */
  mean(name) {
    const [count, sum] = [`${name}_count`, `${name}_sum`];
    const more = this.growth(count);
    if (more > 0) this.means.set(name, { seconds: this.growth(sum) / more, taken: this.taken });
    else if (more < 0) this.means.delete(name); // it was started anew
    const known = this.means.get(name);
    if (known) return { seconds: known.seconds, age: (this.taken - known.taken) / 1000 };
    const all = this.value(count);
    return all ? { seconds: this.value(sum) / all, age: null } : null;
  }
}

/** @param {number} value */
export function short(value) {
  if (value >= 10_000) return `${(value / 1000).toFixed(0)}k`;
  return value >= 100 || Number.isInteger(value) ? value.toFixed(0) : value.toFixed(1);
}

/** @param {number | null} seconds */
export function span(seconds) {
  if (seconds === null) return "–";
  if (seconds < 0.001) return `${(seconds * 1e6).toFixed(0)} µs`;
  return seconds < 1 ? `${(seconds * 1000).toFixed(1)} ms` : `${seconds.toFixed(1)} s`;
}

/** @param {number} seconds for which something has been so */
export function age(seconds) {
  if (seconds < 120) return `${seconds.toFixed(0)} s`;
  return seconds < 7200 ? `${(seconds / 60).toFixed(0)} min` : `${(seconds / 3600).toFixed(0)} h`;
}
