// Ticking cards, one or a range.

/**
 * Return the ticked ids after a tick or an untick of `id`, with all ids from `last` up to it if
 * `last` is given and among `ids`.
 *
 * @param {Iterable<string>} chosen
 * @param {string[]} ids in the order of the page
 * @param {string} id
 * @param {string | null} [last]
 */
export function toggled(chosen, ids, id, last = null) {
  const ticked = new Set(chosen);
  const tick = !ticked.has(id);
  const [from, to] = [last === null ? -1 : ids.indexOf(last), ids.indexOf(id)];
  const range = from < 0 ? [id] : ids.slice(Math.min(from, to), Math.max(from, to) + 1);
  for (const one of range) {
    if (tick) ticked.add(one);
    else ticked.delete(one);
  }
  return [...ticked];
}
