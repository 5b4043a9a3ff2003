// What the browser remembers of a reviewer: a cookie, so that the server knows it in the first run.

const YEAR = 365 * 24 * 3600; // seconds

/** @param {string} remembered the cookie's name and value */
export function remember(remembered) {
  document.cookie = `${remembered}; path=/; max-age=${YEAR}; SameSite=Lax`;
}
