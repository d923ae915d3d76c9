// @ts-check
/** All pages, in the order of the navigation. A new page is a file in pages/, and a line here. */

/** @typedef {{name: string, title: string, load: () => Promise<{Page: any}>}} PageEntry */

/** @type {PageEntry[]} */
export const pages = [
  { name: "overview", title: "Overview", load: () => import("./pages/overview.js") },
  { name: "ladder", title: "Ladder", load: () => import("./pages/ladder.js") },
  { name: "messages", title: "Messages", load: () => import("./pages/messages.js") },
  { name: "sessions", title: "Sessions", load: () => import("./pages/sessions.js") },
  { name: "holds", title: "Holds", load: () => import("./pages/holds.js") },
  { name: "orders", title: "Orders", load: () => import("./pages/orders.js") },
  { name: "rules", title: "Rules", load: () => import("./pages/rules.js") },
  { name: "faults", title: "Faults & races", load: () => import("./pages/faults.js") },
  { name: "prices", title: "Prices & bots", load: () => import("./pages/prices.js") },
  { name: "clock", title: "Clock", load: () => import("./pages/clock.js") },
];
