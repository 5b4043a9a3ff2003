"use strict";
// The presenter: one step at a time, turned by keys, edges and links; notes in a second window.
{
  const steps = [...document.querySelectorAll(".step")];
  const { body } = document;
  const words = body.dataset;
  const place = document.querySelector(".place");
  const progress = document.querySelector(".progress");
  const said = document.querySelector(".said");
  const [previous, next] = ["previous", "next"].map((name) => document.querySelector(`.${name}`));
  const start = Date.now();
  let at = 0;
  /** @type {Window | null} */
  let speaker = null;
  let idle = 0;

  /** Return the step that the address names, the first where it names none. */
  function named() {
    const n = Number.parseInt(location.hash.slice(1), 10);
    return Number.isFinite(n) ? Math.min(Math.max(n - 1, 0), steps.length - 1) : 0;
  }

  /** Show one step. */
  function show(n) {
    at = Math.min(Math.max(n, 0), steps.length - 1);
    steps.forEach((step, i) => {
      step.classList.toggle("present", i === at);
      step.inert = i !== at;
    });
    if (named() !== at || !location.hash) history.replaceState(null, "", `#${at + 1}`);
    place.textContent = words.step.replace("{n}", at + 1).replace("{all}", steps.length);
    progress.value = at + 1;
    previous.disabled = at === 0;
    next.disabled = at === steps.length - 1;
    said.textContent = "";
    tell();
  }

  /** Write what the speaker sees. */
  function tell() {
    if (!speaker || speaker.closed) return;
    const page = speaker.document;
    const set = (name, text) => {
      page.querySelector(`.${name}`).textContent = text;
    };
    set("where", place.textContent);
    set("now", steps[at].querySelector("h2").textContent);
    set("spoken", steps[at].querySelector(".spoken").textContent || words.noNotes);
    const coming = steps[at + 1]?.querySelector("h2").textContent ?? words.last;
    set("coming", `${words.coming}: ${coming}`);
    tick();
  }

  /** Write the time of day, and how long it has been. */
  function tick() {
    if (!speaker || speaker.closed) return;
    const seconds = Math.round((Date.now() - start) / 1000);
    const pad = (n) => String(n).padStart(2, "0");
    const spent = `${pad(Math.floor(seconds / 60))}:${pad(seconds % 60)} ${words.elapsed}`;
    const clock = new Date().toLocaleTimeString(document.documentElement.lang, {
      hour: "2-digit",
      minute: "2-digit",
    });
    speaker.document.querySelector(".time").textContent = `${clock} · ${spent}`;
  }

  /** Open the window with the speaker's notes, or bring it to the front. */
  function openNotes() {
    if (speaker && !speaker.closed) {
      speaker.focus();
      return;
    }
    speaker = window.open("", "_blank", "popup,width=760,height=620");
    if (!speaker) {
      said.textContent = words.blocked;
      return;
    }
    const page = speaker.document;
    page.documentElement.lang = document.documentElement.lang;
    page.title = words.notes;
    const style = page.createElement("style");
    style.textContent = document.querySelector("style").textContent;
    page.head.append(style);
    page.body.className = "speaker";
    const parts = [
      ["div", "clock"],
      ["h1", "now"],
      ["div", "spoken"],
      ["p", "coming"],
    ];
    for (const [tag, name] of parts) {
      const part = page.createElement(tag);
      part.className = name;
      page.body.append(part);
    }
    for (const name of ["where", "time"]) {
      const part = page.createElement("span");
      part.className = name;
      page.querySelector(".clock").append(part);
    }
    speaker.addEventListener("keydown", turned);
    tell();
  }

  function fullScreen() {
    if (document.fullscreenElement) document.exitFullscreen();
    else document.documentElement.requestFullscreen?.().catch(() => {});
  }

  function otherScheme() {
    const root = document.documentElement;
    const dark = getComputedStyle(root).colorScheme === "dark";
    const system = matchMedia("(prefers-color-scheme: dark)").matches;
    const both = getComputedStyle(root).colorScheme.includes(" ");
    root.style.colorScheme = (both ? system : dark) ? "light" : "dark";
  }

  const keys = {
    ArrowRight: () => show(at + 1),
    ArrowDown: () => show(at + 1),
    PageDown: () => show(at + 1),
    " ": () => show(at + 1),
    ArrowLeft: () => show(at - 1),
    ArrowUp: () => show(at - 1),
    PageUp: () => show(at - 1),
    Backspace: () => show(at - 1),
    Home: () => show(0),
    End: () => show(steps.length - 1),
    f: fullScreen,
    n: openNotes,
    d: otherScheme,
  };
  // Letters by their place too: a Russian keyboard has other ones there.
  const places = { KeyF: "f", KeyN: "n", KeyD: "d" };

  /** Do what a key asks for. */
  function turned(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === " " && event.target.closest?.("button, a")) return;
    const act = keys[event.key] ?? keys[places[event.code]];
    if (!act) return;
    event.preventDefault();
    act();
  }

  /** Hide the buttons while the pointer rests. */
  function stir() {
    body.classList.remove("idle");
    clearTimeout(idle);
    idle = setTimeout(() => body.classList.add("idle"), 4000);
  }

  if (steps.length) {
    body.classList.add("presenting");
    document.querySelector("footer").hidden = false;
    previous.addEventListener("click", () => show(at - 1));
    next.addEventListener("click", () => show(at + 1));
    document.querySelector(".notes").addEventListener("click", openNotes);
    document.querySelector(".full").addEventListener("click", fullScreen);
    document.addEventListener("keydown", turned);
    for (const name of ["pointermove", "pointerdown", "focusin"]) {
      document.addEventListener(name, stir);
    }
    window.addEventListener("hashchange", () => show(named()));
    window.addEventListener("pagehide", () => speaker?.close());
    setInterval(tick, 1000);
    show(named());
  }
}
