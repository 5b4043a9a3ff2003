// The map's files over plain HTTP. Their addresses name their content, so each is read once.

import { resolved } from "./elements.js";

const kept = new Map();
const MOST = 40;

export function bytes(address) {
  return read(address, (answer) => answer.arrayBuffer());
}

export function json(address) {
  return read(address, (answer) => answer.json());
}

async function read(address, decode) {
  if (!address) return null;
  if (!kept.has(address)) {
    if (kept.size >= MOST) kept.delete(kept.keys().next().value);
    kept.set(address, fetched(address, decode));
  }
  return kept.get(address);
}

async function fetched(address, decode) {
  try {
    const answer = await fetch(resolved(address));
    if (!answer.ok) throw new Error(`${answer.status} for ${address}`);
    return await decode(answer);
  } catch (error) {
    kept.delete(address);
    throw error;
  }
}
