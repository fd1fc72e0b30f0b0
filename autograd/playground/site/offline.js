/*
Keep the site for use without a network: keepOffline(), once the page's own work is done.

Then <html> has the attribute data-offline.
*/
export async function keepOffline() {
  if (!navigator.serviceWorker) return; // an address that is neither https nor localhost
  try {
    await navigator.serviceWorker.register("service-worker.js");
    await navigator.serviceWorker.ready;
    document.documentElement.dataset.offline = "";
  } catch (problem) {
    console.info(`This page will not work without a network: ${problem.message}`);
  }
}
