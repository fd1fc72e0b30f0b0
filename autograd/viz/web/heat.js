/*
A heat map whose cells say their numbers: what stands in its images is put into the page itself, light or dark as that is.

    heat(box, data, css)    box: holds an <img> for each panel; data.alt: what they show
*/
function heat(box, data, css) {
  const pictures = [...box.querySelectorAll("img")].map((image) => `<div>${sourceOf(image)}</div>`);
  const root = shadow(box, `<div class="panel" role="group" tabindex="0"><div class="parts" tabindex="0">${pictures.join("")}</div></div>`, css);
  root.querySelector(".panel").ariaLabel = data.alt;
  [...box.children].forEach((child) => child.hidden = child.matches("[tabindex]"));
}
