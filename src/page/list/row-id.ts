/** The id of the row of a call in the document. */
export const rowId = (call: string): string => `call-${encodeURIComponent(call)}`;
