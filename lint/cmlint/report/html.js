"use strict";
const form = document.getElementById("filters");
if (form) {
  const articles = [...document.querySelectorAll("article")];
  const sections = [...document.querySelectorAll("section")];
  const show = () => {
    const severities = new Set([...form.querySelectorAll("[name=severity]:checked")].map((box) => box.value));
    const rule = form.elements.rule.value;
    const path = form.elements.path.value.trim().toLowerCase();
    let shown = 0;
    for (const section of sections) {
      let some = 0;
      for (const article of section.getElementsByTagName("article")) {
        const { rule: its, severity, path: place } = article.dataset;
        const here = place.toLowerCase().includes(path);
        article.hidden = !(here && severities.has(severity) && (!rule || rule === its));
        some += !article.hidden;
      }
      section.hidden = !some;
      shown += some;
    }
    form.elements.shown.value = `${shown} of ${articles.length} shown`;
  };
  form.addEventListener("input", show);
  form.addEventListener("reset", () => setTimeout(show));
  form.addEventListener("submit", (event) => event.preventDefault());
  addEventListener("hashchange", () => {
    const target = document.getElementById(location.hash.slice(1));
    if (target && target.hidden) {
      form.reset();
      setTimeout(() => target.scrollIntoView());
    }
  });
  form.hidden = false;
  show();
}
