// A Medusa subscriber that tells retention_sdk of orders and customers, for Medusa has no webhooks.
// Copy it to src/subscribers/retention-subscriber.js (in a TypeScript project, too) and set
//
//   RETENTION_WEBHOOK_URL=https://cards.example/hooks/medusa
//   RETENTION_WEBHOOK_SECRET=whsec_…       echo "whsec_$(openssl rand -base64 32)"
//
// Bodies are signed as Standard Webhooks 1.0 has it: HMAC-SHA256 over "id.timestamp.body".
const { createHmac, randomUUID } = require('node:crypto');

const ORDER_FIELDS = [
  'id', 'display_id', 'custom_display_id', 'status', 'currency_code', 'email', 'locale', 'metadata',
  'created_at', 'updated_at', 'canceled_at',
  'total', 'shipping_total', 'tax_total', 'discount_total', 'credit_line_total',
  'items.*', 'items.adjustments.*', 'shipping_methods.*', 'shipping_methods.adjustments.*',
  'customer.*', 'shipping_address.*', 'billing_address.*', 'sales_channel.name',
  'payment_collections.payments.*', 'payment_collections.payments.captures.*',
  'payment_collections.payments.refunds.*',
  'fulfillments.*', 'fulfillments.items.*', 'fulfillments.labels.*',
];
const CUSTOMER_FIELDS = [
  'id', 'email', 'first_name', 'last_name', 'company_name', 'phone', 'has_account', 'metadata',
  'created_at', 'updated_at', 'addresses.*',
];
// Where the order is, seen from what an event names.
const PATHS = {
  'shipment.created': ['fulfillment', 'order.id'],
  'delivery.created': ['fulfillment', 'order.id'],
  'payment.captured': ['payment', 'payment_collection.order.id'],
  'payment.refunded': ['payment', 'payment_collection.order.id'],
};
const ATTEMPTS = 4;
const TIMEOUT_MS = 10_000;

async function find(query, entity, fields, id) {
  const { data } = await query.graph({ entity, fields, filters: { id } });
  return data[0];
}

async function orderId(query, name, data) {
  if (!PATHS[name]) return data.order_id ?? data.id;
  const [entity, path] = PATHS[name];
  const found = await find(query, entity, [path], data.id);
  return path.split('.').reduce((value, part) => value?.[part], found);
}

async function payload(query, name, data) {
  if (name === 'customer.deleted') return { id: data.id };
  if (name.startsWith('customer.')) {
    return { customer: await find(query, 'customer', CUSTOMER_FIELDS, data.id) };
  }
  const id = await orderId(query, name, data);
  return { order: id && (await find(query, 'order', ORDER_FIELDS, id)) };
}

function signature(id, timestamp, body) {
  const secret = process.env.RETENTION_WEBHOOK_SECRET.replace(/^whsec_/, '');
  const key = Buffer.from(secret, 'base64');
  return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
}

async function post(id, body) {
  const timestamp = String(Math.floor(Date.now() / 1000));
  const headers = {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': signature(id, timestamp, body),
  };
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const options = { method: 'POST', headers, body, redirect: 'error', signal };
  const response = await fetch(process.env.RETENTION_WEBHOOK_URL, options);
  if (!response.ok) throw new Error(`status ${response.status}`);
}

// Deliveries that fail are tried again for about seven seconds; what is lost then, polling finds.
async function deliver(id, body) {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await post(id, body);
    } catch (error) {
      if (attempt === ATTEMPTS) throw error;
      await new Promise(resolve => setTimeout(resolve, 1000 * 2 ** (attempt - 1)));
    }
  }
}

async function handler({ event, container }) {
  const logger = container.resolve('logger');
  if (!process.env.RETENTION_WEBHOOK_URL || !process.env.RETENTION_WEBHOOK_SECRET) return;
  for (const each of [event.data].flat()) {
    const data = await payload(container.resolve('query'), event.name, each);
    if (!data.id && !data.order && !data.customer) continue;
    const timestamp = new Date().toISOString();
    await deliver(`msg_${randomUUID()}`, JSON.stringify({ type: event.name, timestamp, data }))
      .catch(error => logger.error(`retention: ${event.name} was not delivered: ${error.message}`));
  }
}

module.exports = {
  default: handler,
  config: {
    event: [
      'order.placed', 'order.updated', 'order.completed', 'order.canceled', 'order.archived',
      'order.fulfillment_created', 'order.fulfillment_canceled',
      'shipment.created', 'delivery.created', 'payment.captured', 'payment.refunded',
      'customer.created', 'customer.updated', 'customer.deleted',
    ],
  },
};
