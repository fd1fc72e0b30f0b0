/*
What the browser keeps of a page between visits; where it keeps nothing (a private window, a full disk), so be it.

    keep("autograd.key", "text")    kept("autograd.key")    null where there is nothing
*/
export function keep(key, text) {
  try {
    localStorage.setItem(key, text);
    return true;
  } catch {
    return false;
  }
}

export function kept(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}
