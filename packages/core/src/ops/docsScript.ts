/**
 * The only script of the page of documentation: it hides what doesn't match the search, and opens what the address names. Without it, the page is
 * complete all the same.
 */
export const docsScript = `
const field = document.querySelector("input");
const operations = [...document.querySelectorAll("details")];
const sections = [...document.querySelectorAll("section")];
function search() {
  const words = field.value.toLowerCase().split(/\\s+/).filter(Boolean);
  for (const one of operations) one.hidden = !words.every((word) => one.dataset.words.includes(word));
  for (const section of sections) section.hidden = !section.querySelector("details:not([hidden])");
  document.body.classList.toggle("empty", operations.every((one) => one.hidden));
}
function open() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (target && target.tagName === "DETAILS") target.open = true;
}
field.addEventListener("input", search);
addEventListener("hashchange", open);
addEventListener("keydown", (event) => {
  if (event.key === "/" && document.activeElement !== field) { event.preventDefault(); field.focus(); }
  if (event.key === "Escape") { field.value = ""; search(); }
});
document.addEventListener("toggle", (event) => { if (event.target.open && event.target.id) history.replaceState(null, "", "#" + event.target.id); }, true);
open();
`;
