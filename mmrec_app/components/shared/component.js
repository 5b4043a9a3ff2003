// What Streamlit calls: a function that runs again whenever its component's data changes.

/**
 * @template Data
 * @typedef {object} Component
 * @property {Data} data from Python
 * @property {ShadowRoot} parentElement the component's place on the page
 * @property {(name: string, value: unknown) => void} setStateValue
 * @property {(name: string, value: unknown) => void} setTriggerValue
 */

/** @typedef {() => void} CleanUp */

/**
 * @template Data
 * @typedef {{ update(component: Component<Data>): CleanUp | void }} View
 */

/**
 * Return the function for Streamlit. It makes one view in each place on the page, and updates it.
 *
 * A view's `update` may return what to do when the component leaves the page. Streamlit also calls
 * it late for a run that a newer one has overtaken, so it may undo nothing but what that run did.
 *
 * @template Data
 * @param {new (parent: ShadowRoot, component: Component<Data>) => View<Data>} ViewClass
 * @returns {(component: Component<Data>) => CleanUp | void}
 */
export function componentOf(ViewClass) {
  const views = new WeakMap();
  return (component) => {
    const place = component.parentElement;
    if (!views.has(place)) views.set(place, new ViewClass(place, component));
    return views.get(place).update(component);
  };
}
