export interface User {
  id: string;
  name: string;
  email: string;
}
export interface Order {
  id: string;
  item: string;
  quantity: number;
  total: number;
  email: string;
}
export interface Mail {
  to: string;
  subject: string;
}

let lastId = 0;

/** The shop's memory, in place of a database and a mail server. */
export const db = {
  users: new Map<string, User>(),
  orders: new Map<string, Order>(),
  prices: new Map([
    ['tea', 4],
    ['teapot', 30],
    ['unicorn', 1000],
  ]),
  stock: new Map([
    ['tea', 100],
    ['teapot', 10],
  ]),
  vouchers: new Map([['SPRING', 5]]),
  outbox: [] as Mail[],
  audit: [] as string[],
  mailsCounted: 0,
  newId: (prefix: string) => `${prefix}${++lastId}`,
};
export type Db = typeof db;
