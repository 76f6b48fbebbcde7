// A Vendure server for tests: empty database in memory (sql.js), no cache, no admin screens.
// Prints READY when it answers. PORT comes from the environment.
process.env.VENDURE_DISABLE_TELEMETRY = 'true';

const path = require('path');
const Module = require('module');

// The companion plugin lies outside this directory and needs the same @vendure/core.
process.env.NODE_PATH = path.join(__dirname, 'node_modules');
Module._initPaths();

const {
  bootstrap,
  DefaultJobQueuePlugin,
  DefaultLogger,
  dummyPaymentHandler,
  JobQueueService,
  LanguageCode,
  LogLevel,
} = require('@vendure/core');
const { RetentionPlugin } = require('../../retention_vendure/companion/retention-plugin.js');

const config = {
  apiOptions: {
    port: Number(process.env.PORT),
    hostname: '127.0.0.1',
    adminApiPath: 'admin-api',
    shopApiPath: 'shop-api',
  },
  authOptions: {
    tokenMethod: ['bearer', 'cookie', 'api-key'],
    superadminCredentials: { identifier: 'superadmin', password: process.env.ADMIN_PASSWORD },
    cookieOptions: { secret: 'tests only' },
    requireVerification: false,
  },
  dbConnectionOptions: { type: 'sqljs', autoSave: false, synchronize: true, logging: false },
  defaultLanguageCode: LanguageCode.en,
  paymentOptions: { paymentMethodHandlers: [dummyPaymentHandler] },
  plugins: [RetentionPlugin, DefaultJobQueuePlugin.init({ useDatabaseForBuffer: false })],
  logger: new DefaultLogger({ level: LogLevel.Warn }),
};

bootstrap(config)
  .then(app => app.get(JobQueueService).start())
  .then(() => console.log('READY'))
  .catch(error => {
    console.error(error);
    process.exit(1);
  });
