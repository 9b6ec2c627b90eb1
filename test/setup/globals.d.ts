/** The declarations of @trpc/client name this type of the DOM's, which Node.js has as undici's. */
type RequestInfo = string | URL | Request;
