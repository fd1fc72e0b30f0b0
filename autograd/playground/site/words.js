/*
The words of the pages, in English and Chinese: words/en.json and words/zh.json, a table for each page.

    t("play.run")    t("play.error_at", line)    the text, with {0} filled in
    language         "en" or "zh": as chosen before, else as the browser is set
    translate()      fills in the page: data-t="key" its text, data-t-label="key" its aria-label

The select with the id "language" changes it, and loads the page again. A page says which texts are its own by
<html data-page="play">: its title is t("play.title").
*/
import { keep, kept } from "./kept.js";
import en from "./words/en.json";
import zh from "./words/zh.json";

const tables = { en, zh };
const KEY = "autograd.language";

export const language = chosen();

function chosen() {
  const asked = new URLSearchParams(location.search).get("lang") ?? kept(KEY) ?? navigator.language;
  return asked.toLowerCase().startsWith("zh") ? "zh" : "en";
}

export function t(key, ...values) {
  const [table, name] = key.split(".");
  const text = tables[language][table]?.[name];
  if (text === undefined) throw new Error(`no word ${key} in ${language}`);
  return text.replace(/{(\d)}/g, (_, index) => values[index]);
}

export function translate(root = document) {
  document.documentElement.lang = language === "zh" ? "zh-Hans" : "en";
  document.title = t(`${document.documentElement.dataset.page}.title`);
  for (const element of root.querySelectorAll("[data-t]")) element.textContent = t(element.dataset.t);
  for (const element of root.querySelectorAll("[data-t-label]")) element.ariaLabel = t(element.dataset.tLabel);
  const select = root.querySelector("#language");
  if (!select) return;
  select.value = language;
  select.addEventListener("change", () => {
    keep(KEY, select.value); // a browser that keeps nothing takes it from the address
    const address = new URL(location.href);
    address.searchParams.set("lang", select.value);
    location.replace(address);
    if (address.href === location.href) location.reload();
  });
}
