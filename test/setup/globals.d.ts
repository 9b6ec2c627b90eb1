/** The declarations of @trpc/client name this DOM type, which Node.js has only as a type of undici. */
type RequestInfo = string | URL | Request;
