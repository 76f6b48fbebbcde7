// The companion as a shop would copy it here.
module.exports = require('../../../../retention_medusa/companion/retention-subscriber.js');
