import { TRPCError } from '@trpc/server';
import type { AnyEvent } from 'trpc-events';
import { shared } from './shared.ts';

export interface User {
  id: string;
  name: string;
  email: string;
}
/** An event that a listener could not handle. */
export interface Letter {
  event: AnyEvent;
  listener: string;
}
export interface Mail {
  to: string;
  subject: string;
}

/** The size limit of `users` and of each list, because each press of a button adds something. */
const KEPT = 500;

/** The shop's memory, in place of a database. */
export class Store {
  readonly users = new Map<string, User>();
  readonly stock = new Map([
    ['tea', 1_000_000],
    ['teapot', 1_000_000],
    ['unicorn', 0],
  ]);
  readonly reviews = [5, 4, 5, 3, 5, 4, 5, 5, 4, 5, 2, 5];
  /** The rating that a listener has worked out. */
  rating = average(this.reviews);
  readonly outbox: Mail[] = [];
  readonly journal: string[] = [];
  readonly letters: Letter[] = [];
  #lastId = 1000;

  constructor() {
    this.addUser({ id: this.newId('user'), name: 'Ada', email: 'ada@example.org' });
  }

  newId(kind: string): string {
    return `${kind}-${++this.#lastId}`;
  }

  // #region taken
  addUser(user: User): void {
    const { email } = user;
    if (this.users.has(email)) throw conflict(`${email} has an account.`);
    this.users.set(email, user);
    // #endregion
    if (this.users.size > KEPT) this.#forgetUser();
  }

  takeFromStock(item: string, quantity: number): void {
    const left = this.stock.get(item) ?? 0;
    if (left < quantity) throw conflict(`The ${item} is sold out.`);
    this.stock.set(item, left - quantity);
  }

  addReview(stars: number): void {
    keep(this.reviews, stars);
  }

  rate(): void {
    this.rating = average(this.reviews);
  }

  write(line: string): void {
    keep(this.journal, line);
  }

  keepLetter({ event, listener }: Letter): void {
    keep(this.letters, { event, listener });
  }

  post(mail: Mail): void {
    keep(this.outbox, mail);
  }

  /** Forgets the oldest user except Ada, whose address has to stay taken. */
  #forgetUser(): void {
    const [, oldest] = this.users.keys();
    if (oldest !== undefined) this.users.delete(oldest);
  }
}

function conflict(message: string): TRPCError {
  return new TRPCError({ code: 'CONFLICT', message });
}

function average(stars: readonly number[]): { average: number; reviews: number } {
  const sum = stars.reduce((total, it) => total + it, 0);
  return { average: sum / stars.length, reviews: stars.length };
}

function keep<T>(list: T[], item: T): void {
  list.push(item);
  if (list.length > KEPT) list.shift();
}

export const store = shared('store', () => new Store());
