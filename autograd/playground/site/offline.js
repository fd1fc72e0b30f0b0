/*
Keep the site for use without a network, once the page's own work is done: keepOffline() after Python is ready.
*/
export async function keepOffline() {
  if (!navigator.serviceWorker) return; // an address that is neither https nor localhost
  try {
    await navigator.serviceWorker.register("service-worker.js");
  } catch (problem) {
    console.info(`This page will not work without a network: ${problem.message}`);
  }
}
