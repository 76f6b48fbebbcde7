// The service worker of a shop's pages: shows what retention_sdk sends, and opens the link of it.
// Serve it from the root of the shop, for example as /retention-worker.js.

self.addEventListener("push", (event) => {
  if (!event.data) return;
  const message = event.data.json();
  event.waitUntil(
    self.registration.showNotification(message.title, {
      body: message.body,
      dir: message.direction,
      lang: message.locale,
      tag: message.tag,
      data: { link: message.link },
    }),
  );
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const { link } = event.notification.data;
  if (link) event.waitUntil(self.clients.openWindow(link));
});
