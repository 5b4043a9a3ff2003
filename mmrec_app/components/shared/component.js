// What Streamlit calls: a function that runs again whenever its component's data changes.

/**
 * @template Data
 * @typedef {object} Component
 * @property {Data} data from Python
 * @property {ShadowRoot} parentElement the component's place on the page
 * @property {(name: string, value: unknown) => void} setStateValue
 * @property {(name: string, value: unknown) => void} setTriggerValue
 */

/**
 * @template Data
 * @typedef {{ update(component: Component<Data>): void }} View
 */

/**
 * Return the function for Streamlit. It makes one view in each place on the page, and updates it.
 *
 * @template Data
 * @param {new (parent: ShadowRoot, component: Component<Data>) => View<Data>} ViewClass
 * @returns {(component: Component<Data>) => void}
 */
export function componentOf(ViewClass) {
  const views = new WeakMap();
  return (component) => {
    const place = component.parentElement;
    if (!views.has(place)) views.set(place, new ViewClass(place, component));
    views.get(place).update(component);
  };
}

/**
 * Listen to the whole page for as long as a component is on it, from one run to the next: whatever
 * comes and goes with the runs misses what happens between two of them.
 *
 * @template {keyof DocumentEventMap} Type
 * @param {ShadowRoot} place of the component
 * @param {Type} type
 * @param {(event: DocumentEventMap[Type]) => void} listener
 * @param {boolean} [capture]
 */
export function listenOnPage(place, type, listener, capture = false) {
  const gone = new AbortController();
  const { signal } = gone;
  document.addEventListener(
    type,
    (event) => {
      if (place.isConnected) listener(event);
      else gone.abort();
    },
    { capture, signal },
  );
}
