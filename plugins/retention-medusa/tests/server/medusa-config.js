// A Medusa server for tests: no admin screens, nothing that calls home, events within the process.
const { defineConfig } = require('@medusajs/framework/utils');

module.exports = defineConfig({
  admin: { disable: true },
  plugins: [{ resolve: '@medusajs/loyalty-plugin', options: {} }],
  projectConfig: {
    databaseUrl: process.env.DATABASE_URL,
    databaseDriverOptions: { ssl: false, connection: { ssl: false } },
    http: {
      storeCors: '*',
      adminCors: '*',
      authCors: '*',
      jwtSecret: process.env.SERVER_SECRET,
      cookieSecret: process.env.SERVER_SECRET,
    },
  },
});
