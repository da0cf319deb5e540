
"use strict";
document.documentElement.classList.add("sorts");

function valueOf(row, column) {
  const cell = row.cells[column];
  return cell.dataset.value === undefined ? cell.textContent.trim().toLowerCase() : Number(cell.dataset.value);
}

function sort(head) {
  const descending = head.getAttribute("aria-sort") === "ascending";
  const body = head.closest("table").tBodies[0];
  const rows = [...body.rows].sort((one, other) => {
    const a = valueOf(one, head.cellIndex), b = valueOf(other, head.cellIndex);
    return (a < b ? -1 : a > b ? 1 : 0) * (descending ? -1 : 1);
  });
  body.append(...rows);
  for (const other of head.parentNode.cells) other.removeAttribute("aria-sort");
  head.setAttribute("aria-sort", descending ? "descending" : "ascending");
  document.getElementById("said").textContent =
    `Sorted by ${head.textContent.trim()}, ${descending ? "largest" : "smallest"} first.`;
}

for (const button of document.querySelectorAll("th button")) {
  button.addEventListener("click", () => sort(button.closest("th")));
}
