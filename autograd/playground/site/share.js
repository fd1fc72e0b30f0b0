/*
A program in the fragment of an address: deflated, in the base64 of URLs. It is sent to no server.

    await addressOf(text)    the address; undefined for a program that is too long
    await programIn(hash)    { text }, { isDamaged: true }, or {} where there is none
*/
export const MOST_LETTERS = 20_000; // of a program: what mail and chat programs still take, once it is deflated
const MARK = "#program=";

const through = (bytes, transform) => new Response(new Blob([bytes]).stream().pipeThrough(transform)).arrayBuffer();

export async function addressOf(text) {
  if (text.length > MOST_LETTERS) return undefined;
  const packed = new Uint8Array(await through(new TextEncoder().encode(text), new CompressionStream("deflate-raw")));
  const letters = btoa(String.fromCharCode(...packed)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  return `${location.origin}${location.pathname}${MARK}${letters}`;
}

export async function programIn(hash) {
  if (!hash.startsWith(MARK)) return {};
  try {
    const letters = hash.slice(MARK.length).replaceAll("-", "+").replaceAll("_", "/");
    const packed = Uint8Array.from(atob(letters), (letter) => letter.charCodeAt());
    const text = await unpacked(packed);
    return text === undefined ? { isDamaged: true } : { text };
  } catch {
    return { isDamaged: true };
  }
}

/** The text; undefined where it is longer than any that was packed here: a short link may stand for gigabytes. */
async function unpacked(bytes) {
  const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw")).getReader();
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    text += decoder.decode(value, { stream: true });
    if (text.length > MOST_LETTERS) return void reader.cancel();
  }
}
