// @ts-check
/**
 * A table of any length: only the rows that are seen are in the document.
 *
 * The keyboard goes through it: up and down, Page Up and Down, Home and End; Enter opens a row.
 */
import { html, useEffect, useLayoutEffect, useRef, useState } from "../vendor/preact-htm.js";

const MORE = 6;

/**
 * @template T
 * @typedef {object} Column
 * @property {string} name of the column, for its head
 * @property {string} width as of grid-template-columns
 * @property {(row: T) => unknown} show
 * @property {string} [kind] a class of its cells: number, dim, text
 */

/**
 * @template T
 * @param {{label: string, columns: Column<T>[], count: number, row: (index: number) => T,
 *   keyOf: (row: T) => string | number, chosen?: string | number | null,
 *   onChoose?: (row: T, index: number) => void, kindOf?: (row: T) => string,
 *   tail?: boolean, onTail?: (at: boolean) => void, onTop?: () => void,
 *   onSeen?: (first: number, last: number) => void,
 *   rowHeight?: number, shifted?: number, empty?: string}} properties
 *   `tail`: keep to the end while rows are added; `onTail` tells whether the end is seen; `onTop`
 *   is called near the beginning, `onSeen` with the first and the last row that are seen; `shifted`
 *   counts rows put before the first, less those taken away there, so that what is seen stays
 */
export function VirtualTable({
  label,
  columns,
  count,
  row,
  keyOf,
  chosen = null,
  onChoose,
  kindOf,
  tail = false,
  onTail,
  onTop,
  onSeen,
  rowHeight = 22,
  shifted = 0,
  empty = "Nothing yet.",
}) {
  const body = useRef(/** @type {HTMLElement | null} */ (null));
  const [view, setView] = useState({ top: 0, height: 600 });
  const before = useRef(shifted);
  // At the end what is seen is known beforehand: drawn once, not again after the scrolling.
  const start = tail ? Math.max(0, count * rowHeight - view.height) : view.top;
  const first = Math.max(0, Math.floor(start / rowHeight) - MORE);
  const last = Math.min(count, Math.ceil((start + view.height) / rowHeight) + MORE);

  const measure = () => {
    const element = body.current;
    if (!element) return;
    const { scrollTop: top, clientHeight: height, scrollHeight } = element;
    const end = top + height >= scrollHeight - rowHeight;
    setView((now) => ((now.top === top || (tail && end)) && now.height === height ? now : { top, height }));
    onTail?.(end);
    if (top < rowHeight * 20) onTop?.();
    onSeen?.(Math.floor(top / rowHeight), Math.floor((top + height) / rowHeight));
  };

  useLayoutEffect(() => {
    const element = body.current;
    if (!element) return;
    const moved = shifted - before.current;
    before.current = shifted;
    if (tail) element.scrollTop = element.scrollHeight;
    else if (moved) element.scrollTop += moved * rowHeight;
    const { scrollTop: top, clientHeight: height } = element;
    if ((top !== view.top && !tail) || height !== view.height) setView({ top, height });
  }, [count, tail, shifted]);

  useEffect(() => {
    const watch = new ResizeObserver(measure);
    if (body.current) watch.observe(body.current);
    return () => watch.disconnect();
  }, []);

  /** @param {number} index */
  const show = (index) => {
    const element = body.current;
    if (!element) return;
    const top = index * rowHeight;
    if (top < element.scrollTop) element.scrollTop = top;
    const bottom = top + rowHeight - element.clientHeight;
    if (bottom > element.scrollTop) element.scrollTop = bottom;
  };

  const at = () => {
    for (let index = 0; index < count; index++) if (keyOf(row(index)) === chosen) return index;
    return -1;
  };

  /** @param {KeyboardEvent} event */
  const key = (event) => {
    if (!onChoose || !count) return;
    const page = Math.max(1, Math.floor(view.height / rowHeight) - 1);
    const now = at();
    const next = {
      ArrowDown: now + 1,
      ArrowUp: now < 0 ? count - 1 : now - 1,
      PageDown: now + page,
      PageUp: now < 0 ? count - 1 : now - page,
      Home: 0,
      End: count - 1,
    }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    const index = Math.min(count - 1, Math.max(0, next));
    onChoose(row(index), index);
    show(index);
  };

  const template = columns.map((column) => column.width).join(" ");
  const seen = [];
  const slots = last - first;
  for (let index = first; index < last; index++) {
    const one = row(index);
    const key = keyOf(one);
    const picked = chosen !== null && key === chosen;
    seen.push(html`<div
      role="row"
      key=${index % slots}
      class=${`row ${kindOf?.(one) ?? ""}${picked ? " picked" : ""}`}
      aria-rowindex=${index + 2}
      aria-selected=${String(picked)}
      style=${{ top: `${index * rowHeight}px`, height: `${rowHeight}px`, gridTemplateColumns: template }}
      onClick=${() => onChoose?.(one, index)}
    >
      ${columns.map(
        (column) => html`<span role="gridcell" class=${column.kind ?? ""}>${column.show(one)}</span>`,
      )}
    </div>`);
  }

  return html`<div class="virtual" role="grid" aria-label=${label} aria-rowcount=${count + 1}>
    <div role="rowgroup" class="head">
      <div role="row" class="row" aria-rowindex="1" style=${{ gridTemplateColumns: template }}>
        ${columns.map(
          (column) => html`<span role="columnheader" class=${column.kind ?? ""}>${column.name}</span>`,
        )}
      </div>
    </div>
    <div class="body" role="rowgroup" tabindex="0" ref=${body} onScroll=${measure} onKeyDown=${key}>
      <div class="all" role="presentation" style=${{ height: `${count * rowHeight}px` }}>${seen}</div>
    </div>
    ${count === 0 && html`<p class="empty">${empty}</p>`}
  </div>`;
}
