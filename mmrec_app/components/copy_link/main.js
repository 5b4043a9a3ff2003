// Copies the page's address, and says that it is copied.

/** @import { Component } from "../shared/component.js" */

import { componentOf } from "../shared/component.js";
import { make, makeButton } from "../shared/elements.js";

const SAID_FOR = 5000; // milliseconds

/**
 * What it gets from Python (mmrec_app/shared/copied_link.py).
 *
 * @typedef {{ copy: string, copied: string, failed: string }} CopyLinkData
 */

class CopyLink {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  timer;

  /** @param {ShadowRoot} parent */
  constructor(parent) {
    this.button = makeButton("copy", parent);
    this.said = make("span", "said", parent);
    this.said.setAttribute("role", "status");
  }

  /** @param {Component<CopyLinkData>} component */
  update({ data }) {
    this.button.textContent = data.copy;
    this.button.onclick = async () => {
      const copied = await copyText(location.href);
      this.say(copied ? data.copied : data.failed);
    };
  }

  /** @param {string} text */
  say(text) {
    clearTimeout(this.timer);
    this.said.textContent = text;
    this.timer = setTimeout(() => this.said.replaceChildren(), SAID_FOR);
  }
}

/**
 * Put a text into the clipboard; return whether it is there.
 *
 * @param {string} text
 */
async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyFromField(text); // over plain HTTP there is no clipboard
  }
}

/** @param {string} text */
function copyFromField(text) {
  const field = make("textarea", "", document.body);
  field.value = text;
  field.select();
  const copied = document.execCommand("copy");
  field.remove();
  return copied;
}

export default componentOf(CopyLink);
