/* A table of gradients beside finite differences: comparison(what play.differences returns) is an element. */
import { t } from "./words.js";

export function comparison({ rows, left_out: leftOut, verdict, words }) {
  const box = element("div", "panel comparison");
  const sentence = element("p", verdict === "right" ? "right" : verdict === "wrong" ? "error" : "hint");
  sentence.textContent = t(`play.gradcheck_${verdict}`);
  sentence.setAttribute("role", "status");
  box.append(sentence);
  if (rows.length) box.append(table(rows));
  if (leftOut) box.append(element("p", "hint", t("play.left_out", leftOut)));
  if (words) box.append(element("pre", "words", words));
  return box;
}

function table(rows) {
  const scroller = element("div", "scroller"), made = element("table", ""), head = made.createTHead().insertRow();
  scroller.tabIndex = 0;
  made.append(element("caption", "unseen", t("play.differences")));
  made.prepend(made.lastChild);
  for (const name of ["input", "value", "backward", "numeric", ""]) {
    const cell = element(name ? "th" : "td", "", name ? t(`play.${name}`) : "");
    if (name) cell.scope = "col";
    head.append(cell);
  }
  const body = made.createTBody();
  for (const [name, value, backward, numeric, agrees] of rows) {
    const row = body.insertRow(), title = element("th", "", name);
    title.scope = "row";
    row.append(title, ...[value, backward, numeric].map((text) => element("td", "number", text)));
    row.append(element("td", agrees ? "right" : "error", agrees ? t("play.agrees") : t("play.differs")));
  }
  scroller.append(made);
  return scroller;
}

function element(name, className, text = "") {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
}
