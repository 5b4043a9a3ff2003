// All that Streamlit gets of a component. The modules behind it come over HTTP, and once: the
// browser keeps them.

/** @param {import("./shared/component.js").Component<{ unreachable: string }>} component */
export default async function (component) {
  const { data, parentElement } = component;
  parentElement.querySelector(".unreachable")?.remove();
  const address = new URL("MODULE", document.baseURI).href;
  const module = await import(address).catch(console.error);
  if (!module) {
    const message = document.createElement("p");
    message.className = "unreachable";
    message.textContent = data.unreachable;
    parentElement.append(message);
  }
  try {
    return module?.default(component);
  } finally {
    const { host } = parentElement;
    if (host instanceof HTMLElement) host.dataset.drawn = "";
  }
}
