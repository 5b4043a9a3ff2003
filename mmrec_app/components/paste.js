// Listens for a picture pasted anywhere on the page and hands it over, within a limit of size.

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  let hint = parentElement.querySelector(".hint");
  if (!hint) {
    hint = document.createElement("span");
    hint.className = "hint";
    parentElement.append(hint);
  }
  hint.textContent = data.hint;

  const read = (file) => {
    const reader = new FileReader();
    reader.onload = () => {
      hint.textContent = data.hint;
      setTriggerValue("pasted", String(reader.result).split(",")[1] ?? "");
    };
    reader.onerror = () => {
      hint.textContent = data.unreadable;
    };
    reader.readAsDataURL(file);
  };
  const onPaste = (event) => {
    const items = [...(event.clipboardData?.items ?? [])];
    const file = items.find((item) => item.type.startsWith("image/"))?.getAsFile();
    const typing = event.composedPath()[0]?.closest?.("input, textarea");
    const hasText = items.some((item) => item.type === "text/plain");
    if (!file || (typing && hasText)) return;
    event.preventDefault();
    if (file.size > data.most) {
      hint.textContent = data.too_big;
      return;
    }
    hint.textContent = data.reading;
    read(file);
  };
  // The function runs again with new data: one listener at a time.
  document.removeEventListener("paste", parentElement.onPastedPicture);
  parentElement.onPastedPicture = onPaste;
  document.addEventListener("paste", onPaste);
  return () => document.removeEventListener("paste", parentElement.onPastedPicture);
}
