// @ts-check
/** Which prices an instrument may have: the rows of a ladder. */
import { exact, floor, format, placesOf } from "./decimal.js";

/** @typedef {import("./decimal.js").Amount} Amount */

export class Ticks {
  /** @param {{tick: string, ticks: string}} instrument `ticks` as `0:0.0001, 1:0.01`, or empty */
  constructor({ tick, ticks }) {
    const ranges = ticks
      ? ticks.split(",").map((part) => part.split(":").map((text) => text.trim()))
      : [["0", tick]];
    this.ranges = ranges.map(([from, step]) => ({ from: exact(from), step: exact(step) }));
    this.places = Math.max(...ranges.map(([, step]) => placesOf(step)));
  }

  /** @param {string} price of REST, with as many places as all prices here */
  show(price) {
    return format(exact(price), this.places);
  }

  /** @param {Amount} price the tick at it and above */
  at(price) {
    const found = this.ranges.filter((range) => range.from <= price).pop();
    return (found ?? this.ranges[0]).step;
  }

  /** @param {Amount} price */
  above(price) {
    return price + this.at(price);
  }

  /** @param {Amount} price */
  below(price) {
    return price - this.at(price - 1n);
  }

  /** @param {Amount} price to one that may be, at or below it */
  whole(price) {
    return floor(price, this.at(price));
  }

  /**
   * @param {Amount} middle
   * @param {number} each how many above it, and below it
   * @returns {Amount[]} the highest first
   */
  around(middle, each) {
    const rows = [middle];
    for (let up = middle, left = each; left > 0; left--) rows.unshift((up = this.above(up)));
    for (let down = middle, left = each; left > 0; left--) rows.push((down = this.below(down)));
    return rows;
  }
}
