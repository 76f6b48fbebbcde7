// For pages of a shop: asks for push messages when the customer presses your button, and never
// before. `link` is what `shop.devices.link(customer)` gave to the page, `key` the
// applicationServerKey, `worker` where retention-worker.js is served.

export async function allow({ link, key, worker = "/retention-worker.js" }) {
  if (!("serviceWorker" in navigator) || !("PushManager" in window)) return "unsupported";
  if ((await Notification.requestPermission()) !== "granted") return "refused";
  await navigator.serviceWorker.register(worker);
  const registration = await navigator.serviceWorker.ready;
  const subscription = await registration.pushManager.subscribe({
    userVisibleOnly: true,
    applicationServerKey: key,
  });
  return tell(link, "POST", subscription);
}

export async function stop({ link }) {
  const registration = await navigator.serviceWorker.getRegistration();
  const subscription = await registration?.pushManager.getSubscription();
  if (!subscription) return "done";
  const answer = await tell(link, "DELETE", subscription);
  await subscription.unsubscribe();
  return answer;
}

async function tell(link, method, subscription) {
  const answer = await fetch(link, {
    method,
    headers: { "content-type": "application/json" },
    body: JSON.stringify(subscription),
    credentials: "omit",
  });
  return answer.ok ? "done" : `failed: ${answer.status}`;
}
