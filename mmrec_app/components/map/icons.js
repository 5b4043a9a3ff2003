// Buttons with icons.

import { makeButton } from "../shared/elements.js";

const SVG = "http://www.w3.org/2000/svg";

const ICONS = {
  pan: "M8 1v14M1 8h14M8 1 6 3.5M8 1l2 2.5M8 15l-2-2.5M8 15l2-2.5M1 8l2.5-2M1 8l2.5 2M15 8l-2.5-2M15 8l-2.5 2",
  lasso:
    "M8 2c4 0 6.500 1.800 6.500 4.200S12 10.500 8 10.500c-1.400 0-2.600-.2-3.600-.6M4.400 9.900C2.600 9.200 1.500 7.900 1.500 6.200 1.500 3.800 4 2 8 2M4.400 9.900a1.500 1.500 0 1 0-.1 2.500c.5 1 .2 1.900-.8 2.600",
  box: "M2 5V2h3M11 2h3v3M14 11v3h-3M5 14H2v-3M7 2h2M7 14h2M2 7v2M14 7v2",
  in: "M8 3v10M3 8h10",
  out: "M3 8h10",
  fit: "M2 6V2h4M10 2h4v4M14 10v4h-4M6 14H2v-4",
  names: "M3 13 7 3h2l4 10M4.600 9.500h6.800",
  pictures: "M2 3h12v10H2zM2 11l3.500-3.500 3 3 2-2L14 12M11 6.200v.1",
  close: "M4 4l8 8M12 4l-8 8",
};

/** @typedef {keyof typeof ICONS} IconName */

/**
 * @param {HTMLElement} parent
 * @param {string} label
 * @param {IconName} icon
 * @param {() => void} onClick
 */
export function iconButton(parent, label, icon, onClick) {
  const button = makeButton("tool", parent, "", label);
  button.append(drawing(icon));
  button.onclick = onClick;
  return button;
}

/** @param {IconName} icon */
function drawing(icon) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", ICONS[icon]);
  svg.append(path);
  return svg;
}
