// A Vendure plugin that keeps what retention_vendure reads: who agreed to e-mails and when, the
// language an order was placed in, gift messages. Copy it into your server and add it to `plugins`:
//
//   // Vendure leaves an order's `updatedAt` alone when a parcel leaves or money goes back. The plugin
// touches it, so that polling by `updatedAt` misses nothing.
const {
  EventBus,
  Fulfillment,
  FulfillmentStateTransitionEvent,
  Order,
  OrderPlacedEvent,
  OrderStateTransitionEvent,
  PluginCommonModule,
  RefundStateTransitionEvent,
  TransactionalConnection,
  VendurePlugin,
} = require('@vendure/core');

class RetentionPlugin {
  constructor(eventBus, connection) {
    this.eventBus = eventBus;
    this.connection = connection;
  }

  onApplicationBootstrap() {
    this.on(OrderPlacedEvent, ({ ctx, order }) =>
      this.change(ctx, order.id, { customFields: { languageCode: ctx.languageCode } }));
    this.on(OrderStateTransitionEvent, ({ ctx, order }) => this.touch(ctx, order.id));
    this.on(RefundStateTransitionEvent, ({ ctx, order }) => this.touch(ctx, order.id));
    this.on(FulfillmentStateTransitionEvent, async ({ ctx, fulfillment }) => {
      const { orders } = await this.connection.getRepository(ctx, Fulfillment).findOneOrFail({
        where: { id: fulfillment.id },
        relations: { orders: true },
      });
      for (const order of orders) await this.touch(ctx, order.id);
    });
  }

  on(event, handle) {
    this.eventBus.ofType(event).subscribe(handle);
  }

  touch(ctx, orderId) {
    return this.change(ctx, orderId, { updatedAt: new Date() });
  }

  change(ctx, orderId, fields) {
    return this.connection.getRepository(ctx, Order).update(orderId, fields);
  }
}

Reflect.defineMetadata('design:paramtypes', [EventBus, TransactionalConnection], RetentionPlugin);

VendurePlugin({
  imports: [PluginCommonModule],
  compatibility: '^3.0.0',
  configuration: config => {
    config.customFields.Order.push(
      { name: 'languageCode', type: 'string', nullable: true, public: true },
      { name: 'giftMessage', type: 'text', nullable: true, public: true },
    );
    config.customFields.Customer.push(
      { name: 'emailMarketingConsent', type: 'boolean', nullable: true, public: true },
      { name: 'emailMarketingConsentAt', type: 'datetime', nullable: true, public: true },
    );
    return config;
  },
})(RetentionPlugin);

module.exports = { RetentionPlugin };
