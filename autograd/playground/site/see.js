/*
Trainings that were recorded when the site was built (see pages.py), each at an address of its own: see.html#moons.
*/
import { showPart } from "./frame.js";
import { language, t, translate } from "./words.js";

const [links, heading, text, player, program, error] = ["links", "heading", "text", "player", "program", "error"].map(
  (id) => document.getElementById(id),
);
const address = (name) => new URL(`pages/${name}`, import.meta.url);

async function load(name) {
  const response = await fetch(address(name));
  if (!response.ok) throw new Error(`${response.status} ${name}`);
  return response;
}

async function show(pages) {
  const page = pages.find(({ name }) => `#${name}` === location.hash) ?? pages[0];
  for (const link of links.children) {
    if (link.hash === `#${page.name}`) link.ariaCurrent = "page";
    else link.removeAttribute("aria-current");
  }
  heading.textContent = page.titles[language];
  text.textContent = page.texts[language];
  program.textContent = page.program;
  program.closest("details").hidden = false;
  const html = await (await load(`${page.name}.${language}.html`)).text();
  if (heading.textContent === page.titles[language]) showPart(player, html, t("see.shown", page.titles[language]));
}

function fail(problem) {
  error.textContent = problem.words ?? t("see.failed", problem.message);
  error.hidden = false;
}

async function start() {
  const pages = await (await load("pages.json")).json();
  if (!pages.length) throw Object.assign(new Error(), { words: t("see.none") });
  for (const { name, titles } of pages) {
    const link = document.createElement("a");
    link.href = `#${name}`;
    link.textContent = titles[language];
    links.append(link);
  }
  addEventListener("hashchange", () => show(pages).catch(fail));
  await show(pages);
}

translate();
start().catch(fail);
