/*
Bring an element into the window, if it is outside: bring(element).

Three times: the editor guesses the height of wrapped lines until they are in the window, and that moves what is below.
*/
export function bring(element, times = 3) {
  element.scrollIntoView({ block: "nearest" });
  if (times > 1) requestAnimationFrame(() => bring(element, times - 1));
}
