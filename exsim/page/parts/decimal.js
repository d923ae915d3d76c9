// @ts-check
/**
 * Exact decimals: prices and quantities as REST has them, text, without floats.
 *
 * A value is a whole number of 10^-8, as the simulator has it.
 */
const PLACES = 8;
const ONE = 10n ** BigInt(PLACES);

/** @typedef {bigint} Amount a number of 10^-8 */

/**
 * @param {string} text such as -100.25
 * @returns {Amount | null} null where it is none
 */
export function parse(text) {
  const match = /^\s*(-?)(\d{1,30})(?:\.(\d{0,8}))?\s*$/.exec(text);
  if (!match) return null;
  const [, minus, whole, part = ""] = match;
  const value = BigInt(whole) * ONE + BigInt(part.padEnd(PLACES, "0"));
  return minus ? -value : value;
}

/**
 * @param {string} text what REST says, which is one
 * @returns {Amount}
 */
export function exact(text) {
  const value = parse(text);
  if (value === null) throw new RangeError(`${text} is no decimal`);
  return value;
}

/**
 * @param {Amount} value
 * @param {number} [places] how many to show at least
 */
export function format(value, places = 0) {
  const minus = value < 0n;
  const digits = (minus ? -value : value).toString().padStart(PLACES + 1, "0");
  const part = digits.slice(-PLACES).replace(/0+$/, "").padEnd(places, "0");
  return `${minus ? "-" : ""}${digits.slice(0, -PLACES)}${part && "."}${part}`;
}

/** @param {string} text how many places a decimal shows, such as 2 of 0.01 */
export function placesOf(text) {
  return text.includes(".") ? text.split(".")[1].replace(/0+$/, "").length : 0;
}

/**
 * A value to the multiple of a step at or below it.
 * @param {Amount} value
 * @param {Amount} step
 */
export function floor(value, step) {
  const over = ((value % step) + step) % step;
  return value - over;
}

/**
 * For drawing alone: as a float.
 * @param {string} text
 */
export function drawn(text) {
  return Number(text);
}

/**
 * A quantity with its thousands apart, to be read by people.
 * @param {string} text
 */
export function grouped(text) {
  const [whole, part] = text.split(".");
  const apart = whole.replace(/\B(?=(\d{3})+$)/g, "\u2009");
  return part ? `${apart}.${part}` : apart;
}
