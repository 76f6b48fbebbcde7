// Makes the secret key that an administrator would make under Settings → Secret API Keys.
const { Modules } = require('@medusajs/framework/utils');

async function POST(request, response) {
  const keys = request.scope.resolve(Modules.API_KEY);
  const key = await keys.createApiKeys({ title: 'tests', type: 'secret', created_by: 'tests' });
  response.json({ token: key.token });
}

module.exports = { POST };
