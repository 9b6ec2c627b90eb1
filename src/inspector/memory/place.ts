import type { Happened } from '../../story/entry.ts';
import type { Memory } from './memory.ts';
import type { Root } from './root.ts';

/** Finds the call that an entry belongs to, or begins one. Returns `undefined` if it belongs to nothing that is kept. */
export function place(memory: Memory, happened: Happened): Root | undefined {
  switch (happened.kind) {
    case 'opened': {
      const { call, parent, by } = happened;
      const root = memory.rootOf(parent) ?? memory.rootOf(by) ?? memory.begin();
      return memory.link(root, call, happened) ? root : undefined;
    }
    case 'settled':
    case 'answered':
    case 'unanswered':
      return memory.rootOf(happened.call);
    case 'dispatched':
    case 'arrived': {
      const { event, causationId, correlationId } = happened;
      const known = memory.rootOfEvent(event);
      if (known !== undefined) return roomy(memory, known);
      // A worker may report late that it got an event that was cleared. A repeated delivery is news.
      if (happened.kind === 'arrived' && happened.number === 1 && memory.wasCleared(event)) return undefined;
      const by = happened.kind === 'dispatched' ? memory.rootOf(happened.by) : undefined;
      const root =
        by ?? memory.rootOfEvent(causationId) ?? memory.rootOfEvent(correlationId) ?? memory.begin();
      return memory.linkEvent(root, event, happened) ? root : undefined;
    }
    case 'started': {
      const root = memory.rootOfEvent(happened.event);
      if (root === undefined || !memory.hasRoom(root)) return undefined;
      memory.alias(root, happened.attempt);
      return root;
    }
    case 'finished':
    case 'backedOff':
      return memory.rootOf(happened.attempt);
    case 'refused':
    case 'reported':
      return roomy(memory, memory.rootOfEvent(happened.event) ?? memory.begin());
    case 'lost':
      return memory.begin();
    case 'full':
      return undefined;
    default:
      return roomy(memory, memory.rootOfEvent(happened.event));
  }
}

/** Returns a root only if it has room, because the same event may be delivered, sent or reported forever. */
function roomy(memory: Memory, root: Root | undefined): Root | undefined {
  return root !== undefined && memory.hasRoom(root) ? root : undefined;
}
