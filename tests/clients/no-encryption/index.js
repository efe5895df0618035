// Every name that matrix-bot-sdk asks for when it is loaded exists; none of them does anything.
module.exports = new Proxy({}, { get: (_, name) => (name === "__esModule" ? undefined : class {}) });
