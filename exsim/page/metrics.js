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

  /** @param {string} name of a histogram of seconds: the mean of what came since the last sample */
  mean(name) {
    const count = this.growth(`${name}_count`);
    return count > 0 ? this.growth(`${name}_sum`) / count : null;
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
