// @ts-check
/** Price and volume over time, drawn by uPlot, which is loaded when there is something to draw, after all else. */
import { theme } from "../theme.js";
import { useSignal } from "../signal.js";
import { html, useEffect, useRef } from "../vendor/preact-htm.js";
import { drawn } from "./decimal.js";

/** @typedef {{time: string, price: string, quantity: string}} Point */

const HEIGHT = 150;
/** Seconds to each side of a point that is the only one. */
const ALONE = 30;
/** @type {Promise<any> | null} */
let loading = null;

/** uPlot and its styles. */
function library() {
  loading ??= quiet().then(() => import("../vendor/uplot.js")).then((module) => {
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = new URL("../vendor/uplot.css", import.meta.url).href;
    document.head.append(link);
    return /** @type {any} */ (module).default;
  });
  return loading;
}

/** When there is nothing else to do, or has been something for too long. @returns {Promise<unknown>} */
const quiet = () => new Promise((done) => requestIdleCallback(done, { timeout: 500 }));

/** @param {string} name of a variable of the style sheet */
function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

/** @param {Point[]} newest newest first */
function columns(newest) {
  const points = [...newest].reverse();
  return [
    points.map((point) => Date.parse(`${point.time.slice(0, 23)}Z`) / 1000),
    points.map((point) => drawn(point.price)),
    points.map((point) => drawn(point.quantity)),
  ];
}

/** What is shown to each side of a price that is the only one. @param {number} price */
const around = (price) => Math.abs(price) / 100 || 1;
/** @typedef {(plot: any, low: number, high: number) => [number, number]} Range what is shown of values from low to high */

/** @param {number} width @param {any} uPlot what draws bars */
function options(width, uPlot) {
  const line = { stroke: colour("--dim"), grid: { stroke: colour("--line"), width: 1 }, size: 44 };
  const ticks = { ...line, ticks: { stroke: colour("--line"), width: 1 }, font: "11px system-ui" };
  return {
    width,
    height: HEIGHT,
    legend: { show: false },
    cursor: { drag: { x: false, y: false }, points: { show: false } },
    scales: {
      x: { time: true, range: /** @type {Range} */ ((_, low, high) => (low === high ? [low - ALONE, high + ALONE] : [low, high])) },
      price: {
        range: /** @type {Range} */ ((_, low, high) =>
          low === high ? [low - around(low), high + around(low)] : uPlot.rangeNum(low, high, 0.1, true)),
      },
      volume: { range: (/** @type {any} */ _, /** @type {number} */ __, /** @type {number} */ most) => [0, 4 * (most || 1)] },
    },
    axes: [
      { ...ticks, size: 24, space: 70 },
      { ...ticks, scale: "price", side: 1, size: 58 },
    ],
    series: [
      {},
      { scale: "price", stroke: colour("--accent"), width: 1.5, paths: uPlot.paths.stepped({ align: 1 }), points: { show: false } },
      {
        scale: "volume",
        fill: `${colour("--dim")}66`,
        width: 0,
        paths: uPlot.paths.bars({ size: [0.7, 6, 1] }),
        points: { show: false },
      },
    ],
  };
}

/** @param {{points: Point[], label: string}} properties */
export function Chart({ points, label }) {
  const element = useRef(/** @type {HTMLElement | null} */ (null));
  const plot = useRef(/** @type {any} */ (null));
  const newest = useRef(points);
  newest.current = points;
  const scheme = useSignal(theme);
  const some = points.length > 0;
  useEffect(() => {
    if (!some) return;
    let wanted = true;
    /** @type {ResizeObserver | null} */
    let watch = null;
    library().then((uPlot) => {
      const place = element.current;
      if (!wanted || !place) return;
      const made = options(place.clientWidth, uPlot);
      plot.current = new uPlot(made, columns(newest.current), place);
      watch = new ResizeObserver(() =>
        plot.current?.setSize({ width: place.clientWidth, height: HEIGHT }),
      );
      watch.observe(place);
    });
    return () => {
      wanted = false;
      watch?.disconnect();
      plot.current?.destroy();
      plot.current = null;
    };
  }, [scheme, some]);
  useEffect(() => plot.current?.setData(columns(points)), [points]);
  return html`<div class="chart" ref=${element} role="img" aria-label=${label}></div>`;
}
