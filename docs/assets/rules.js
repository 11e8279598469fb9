// Filters the table of rules by consequence and family.
document.addEventListener("change", () => {
  const wanted = [...document.querySelectorAll("select[data-filter]")].map((each) => [each.dataset.filter, each.value]);
  for (const row of document.querySelectorAll("#rules tbody tr")) {
    row.hidden = wanted.some(([what, value]) => value && row.dataset[what] !== value);
  }
});
