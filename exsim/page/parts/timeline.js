// @ts-check
/** A line of time with what happened on it: drawn to scale, and nothing over another. */
import { html, useEffect, useRef, useState } from "../vendor/preact-htm.js";
import { clock } from "./times.js";

/** @typedef {{time: string, label: string, kind: string, title?: string}} Moment `time` as REST has
 *   it; `kind` is a class */

const LEVELS = 4;
const ROW = 15;
const LETTER = 6.4;
const EDGE = 8;

/** Nanoseconds of a time, exactly. @param {string} time */
export function nanoseconds(time) {
  const [whole, part = ""] = time.replace("Z", "").split(".");
  return BigInt(Date.parse(`${whole}Z`)) * 1_000_000n + BigInt(part.padEnd(9, "0").slice(0, 9));
}

/** @param {bigint} span nanoseconds */
export function lasting(span) {
  const seconds = Number(span) / 1e9;
  if (seconds < 1e-3) return `${(seconds * 1e6).toFixed(0)} µs`;
  if (seconds < 1) return `${(seconds * 1e3).toFixed(1)} ms`;
  if (seconds < 120) return `${seconds.toFixed(1)} s`;
  return seconds < 7200 ? `${(seconds / 60).toFixed(1)} min` : `${(seconds / 3600).toFixed(1)} h`;
}

/**
 * Where each is drawn: as far along as its time, on a level where its words have room.
 * @param {Moment[]} moments in the order of time
 * @param {number} width
 */
export function placed(moments, width) {
  const times = moments.map((one) => nanoseconds(one.time));
  const [first, last] = [times[0], times[times.length - 1]];
  const room = Math.max(1, width - 2 * EDGE);
  /** @type {number[]} */
  const ends = Array(LEVELS).fill(-Infinity);
  return moments.map((one, index) => {
    const share = last > first ? Number(times[index] - first) / Number(last - first) : index / Math.max(1, moments.length - 1);
    const x = EDGE + share * room;
    const wide = one.label.length * LETTER;
    const right = x + wide > width;
    const start = right ? x - wide : x;
    let level = ends.findIndex((end) => end < start);
    if (level < 0) level = LEVELS; // only a dot: its words are in the list
    else ends[level] = start + wide + LETTER;
    return { ...one, x, right, level };
  });
}

/** @param {{moments: Moment[]}} properties */
export function TimeLine({ moments }) {
  const element = useRef(/** @type {HTMLElement | null} */ (null));
  const [width, setWidth] = useState(360);
  useEffect(() => {
    const watch = new ResizeObserver(([entry]) => setWidth(Math.round(entry.contentRect.width)));
    if (element.current) watch.observe(element.current);
    return () => watch.disconnect();
  }, []);
  if (!moments.length) return null;
  const all = placed(moments, width);
  const levels = Math.min(LEVELS, 1 + Math.max(...all.map((one) => (one.level < LEVELS ? one.level : 0))));
  const y = levels * ROW + 8;
  const [first, last] = [moments[0].time, moments[moments.length - 1].time];
  const span = nanoseconds(last) - nanoseconds(first);
  return html`<div class="timeline" ref=${element}>
    <svg width=${width} height=${y + 12} role="img" aria-label=${`Time line: ${moments.map((one) => one.label).join(", ")}`}>
      <line x1=${EDGE} x2=${width - EDGE} y1=${y} y2=${y} class="axis" />
      ${all.map(
        (one, index) => html`<g key=${index} class=${one.kind}>
          <title>${`${clock(one.time)} ${one.title ?? one.label}`}</title>
          ${one.level < LEVELS &&
          html`<line x1=${one.x} x2=${one.x} y1=${(levels - 1 - one.level) * ROW + 13} y2=${y} class="stem" />
            <text x=${one.x + (one.right ? -3 : 3)} y=${(levels - 1 - one.level) * ROW + 11} text-anchor=${one.right ? "end" : "start"}>${one.label}</text>`}
          <circle cx=${one.x} cy=${y} r="4" />
        </g>`,
      )}
    </svg>
    <div class="ends dim"><span>${clock(first)}</span><span>${lasting(span)}</span><span>${clock(last)}</span></div>
  </div>`;
}
