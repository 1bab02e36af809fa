// Sorts tables by a click on a heading, and names the curve that is nearest to the pointer.
"use strict";
document.addEventListener("click", event => {
  const head = event.target.closest("th");
  if (!head) return;
  const table = head.closest("table"), body = table.tBodies[0];
  const column = [...head.parentNode.children].indexOf(head);
  const up = head.getAttribute("aria-sort") !== "ascending";
  for (const other of table.querySelectorAll("th")) other.removeAttribute("aria-sort");
  head.setAttribute("aria-sort", up ? "ascending" : "descending");
  const key = row => {
    const cell = row.cells[column], value = cell.dataset.v;
    return value === undefined ? cell.textContent
      : value === "inf" ? Infinity : value === "-inf" ? -Infinity : Number(value);
  };
  const compare = (a, b) => typeof a === "number" && typeof b === "number"
    ? (isNaN(a) - isNaN(b)) || a - b : String(a).localeCompare(String(b), undefined, {numeric: true});
  const rows = [...body.rows].map(row => [key(row), row]);
  rows.sort((a, b) => up ? compare(a[0], b[0]) : compare(b[0], a[0]));
  for (const [, row] of rows) body.append(row);
});
const tip = document.createElement("div");
tip.id = "tip";
document.body.append(tip);
const heightAt = (path, x) => {
  // curves are made of horizontal and vertical steps: M x y (H x V y)*
  const numbers = path.points ||= path.getAttribute("d").match(/-?[\d.]+/g).map(Number);
  let y = x < numbers[0] ? NaN : numbers[1];
  for (let i = 2; i + 1 < numbers.length && numbers[i] <= x; i += 2) y = numbers[i + 1];
  return y;
};
const short = value => Number(value.toPrecision(5)).toString();
document.addEventListener("pointermove", event => {
  const svg = event.target.closest && event.target.closest("svg.chart");
  for (const other of document.querySelectorAll("svg.hover")) if (other !== svg) other.classList.remove("hover");
  tip.style.display = "none";
  if (!svg) return;
  const box = svg.getBoundingClientRect(), scale = svg.viewBox.baseVal.width / box.width;
  const x = (event.clientX - box.left) * scale, y = (event.clientY - box.top) * scale;
  let near = null, least = 30;
  for (const path of svg.querySelectorAll(".line")) {
    path.classList.remove("near");
    const distance = Math.abs(heightAt(path, x) - y);
    if (distance < least) { least = distance; near = path; }
  }
  svg.classList.toggle("hover", near !== null);
  if (!near) return;
  near.classList.add("near");
  const [x0, x1, left, right] = svg.dataset.x.split(" ").map(Number);
  const [y0, y1, bottom, top] = svg.dataset.y.split(" ").map(Number);
  const place = x0 * (x1 / x0) ** ((x - left) / (right - left));
  const value = y0 + (y1 - y0) * (heightAt(near, x) - bottom) / (top - bottom);
  tip.textContent = `${near.dataset.name}: ${short(value)} at ${Math.round(place)}`;
  tip.style.display = "block";
  tip.style.left = `${Math.min(event.clientX + 12, innerWidth - tip.offsetWidth - 8)}px`;
  tip.style.top = `${event.clientY + 14}px`;
});
addEventListener("beforeprint", () => { for (const one of document.querySelectorAll("details")) one.open = true; });
