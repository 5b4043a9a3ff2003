// The map's files over plain HTTP. Their addresses name their content, so each is read once.

import { absolute } from "../shared/pictures.js";

/** @type {Map<string, Promise<any>>} */
const cache = new Map();
const CACHE_SIZE = 40;

/**
 * @param {string} address
 * @returns {Promise<ArrayBuffer>}
 */
export function bytes(address) {
  return read(address, (response) => response.arrayBuffer());
}

/**
 * @param {string} address
 * @returns {Promise<any>}
 */
export function json(address) {
  return read(address, (response) => response.json());
}

/**
 * @template Content
 * @param {string} address
 * @param {(response: Response) => Promise<Content>} decode
 * @returns {Promise<Content>}
 */
function read(address, decode) {
  let content = cache.get(address);
  if (!content) {
    const [oldest] = cache.keys();
    if (cache.size >= CACHE_SIZE) cache.delete(oldest);
    content = fetched(address, decode);
    cache.set(address, content);
  }
  return content;
}

/**
 * @template Content
 * @param {string} address
 * @param {(response: Response) => Promise<Content>} decode
 */
async function fetched(address, decode) {
  try {
    const response = await fetch(absolute(address));
    if (!response.ok) throw new Error(`${response.status} for ${address}`);
    return await decode(response);
  } catch (error) {
    cache.delete(address);
    throw error;
  }
}
