// Views of a list's items: one that stays in the list keeps its view, and its loaded pictures.

/**
 * Return a view for each id, in their order: the one that shows it already, or else a new one.
 *
 * @template {{ id: string }} View
 * @param {View[]} views
 * @param {string[]} ids
 * @param {(index: number) => View} create
 */
export function viewsOf(views, ids, create) {
  const present = new Map(views.map((view) => [view.id, view]));
  return ids.map((id, index) => present.get(id) ?? create(index));
}
