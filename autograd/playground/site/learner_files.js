/*
The learner's folder, in the browser's storage: an item for each file, as `autograd learn` has it in a terminal.

    files()          name → text, as it is now: another tab may have changed it
    change(changes)  name → its new text; null for a file that is gone
    isKept()         whether the storage took the last change; without it, the files live as long as the page
    onChange(f)      calls f(name) when another tab has changed a file
*/
const PREFIX = "autograd.learn/";
const held = new Map(); // what the storage did not take
let kept = works();

function works() {
  try {
    localStorage.setItem(PREFIX, "");
    localStorage.removeItem(PREFIX);
    return true;
  } catch {
    return false;
  }
}

export const isKept = () => kept;

export function files() {
  const found = {};
  try {
    for (let i = 0; i < localStorage.length; i++) {
      const key = localStorage.key(i);
      if (key.startsWith(PREFIX)) found[key.slice(PREFIX.length)] = localStorage.getItem(key);
    }
  } catch {} // there is no storage: all files are held
  for (const [name, text] of held) {
    if (text === null) delete found[name];
    else found[name] = text;
  }
  return found;
}

export function change(changes) {
  for (const [name, text] of Object.entries(changes)) {
    try {
      if (text === null) localStorage.removeItem(PREFIX + name);
      else localStorage.setItem(PREFIX + name, text);
      held.delete(name);
    } catch {
      held.set(name, text);
    }
  }
  kept = !held.size && works();
}

export function onChange(tell) {
  addEventListener("storage", ({ key }) => {
    if (key === null || key.startsWith(PREFIX)) tell(key?.slice(PREFIX.length));
  });
}
