// How each page was left: what the header's links return to.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Views } from "../../mmrec_app/components/navigator/views.js";

class Memory {
  items = new Map();
  getItem(key) {
    return this.items.get(key) ?? null;
  }
  setItem(key, value) {
    this.items.set(key, value);
  }
}

const SHARED = ["q", "label"];
const PRESENT = { pathname: "/map", search: "?bundle=demo%401&colour=label" };

function searchOf(kept, pathname = "/errors", present = PRESENT) {
  const views = new Views(new Memory());
  if (kept !== null) views.keep({ pathname, search: kept });
  return views.of(pathname, present, "bundle", SHARED);
}

test("a page opens as it was left", () => {
  assert.equal(searchOf("?bundle=demo%401&view=queue"), "?bundle=demo%401&view=queue");
});

test("a page that was never open names the present bundle alone", () => {
  assert.equal(searchOf(null), "?bundle=demo%401");
});

test("filters are left to the server, which knows those that are on now", () => {
  assert.equal(searchOf("?bundle=demo%401&q=frog&view=queue"), "?bundle=demo%401&view=queue");
});

test("a page that was left with another bundle starts afresh", () => {
  assert.equal(searchOf("?bundle=other%402&view=queue"), "?bundle=demo%401");
});

test("the page that is open starts afresh", () => {
  assert.equal(searchOf("?bundle=demo%401&cluster=3", "/map"), "?bundle=demo%401");
});
