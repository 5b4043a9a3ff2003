// Opens the map: its script is a set of modules, which the browser loads once and keeps.

export default function (component) {
  const address = new URL(component.data.script, document.baseURI).href;
  import(address).then(
    (map) => map.show(component),
    () => {
      component.parentElement.textContent = component.data.words.unreachable;
    },
  );
}
