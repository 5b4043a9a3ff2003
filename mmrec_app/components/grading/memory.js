// What the browser remembers of a reviewer: a cookie, so that the server knows it in the first run.

/** @import { Memory } from "./data.js" */

const YEAR = 365 * 24 * 3600; // seconds

/** @param {Memory} memory */
export function remember({ cookie, anonymous, name }) {
  if (name === null && document.cookie.includes(`${cookie}=`)) return;
  const value = new URLSearchParams({ anonymous });
  if (name !== null) value.set("name", name);
  document.cookie = `${cookie}=${value}; path=/; max-age=${YEAR}; SameSite=Lax`;
}
