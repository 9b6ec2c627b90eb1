import { Component, Fragment as Group, options, type ComponentChild, type FunctionComponent } from 'preact';
import { computed, effect, follow, Reaction, signal, type Computed, type Signal } from './signals.ts';

/** A component that is drawn again after a change of any signal that its last drawing read. */
abstract class Live extends Component<object> {
  abstract readonly draw: FunctionComponent<object>;
  readonly reaction = new Reaction(() => this.forceUpdate());
  readonly kept: unknown[] = [];
  readonly effects: (() => void | (() => void))[] = [];
  stops: readonly (() => void)[] = [];

  override render(): ComponentChild {
    return follow(this.reaction, () => {
      begin(this);
      return this.draw(this.props);
    });
  }

  override componentDidMount(): void {
    this.stops = this.effects.map((run) => effect(run));
  }

  override componentWillUnmount(): void {
    this.reaction.stop();
    for (const stop of this.stops) stop();
  }
}

let drawing: Live;
/** The place in `kept` of the next value that the drawing component asks for. */
let place = 0;

function begin(component: Live): void {
  drawing = component;
  place = 0;
}

const classes = new Map<FunctionComponent<object>, new () => Live>();

/** Components are written as functions. Preact gets a class for each, because a class is told when it is drawn and removed. */
options.vnode = (vnode) => {
  const { type } = vnode;
  // A component that is drawn again already has its class.
  if (typeof type !== 'function' || type === Group || type.prototype instanceof Live) return;
  const draw = type as FunctionComponent<object>;
  let live = classes.get(draw);
  if (live === undefined) {
    live = class extends Live {
      readonly draw = draw;
    };
    classes.set(draw, live);
  }
  vnode.type = live;
};

/** Keeps a value for the life of a component, which must call this and the functions below in the same order each time. */
export function useOnce<T>(make: () => T): T {
  return (drawing.kept[place++] ??= make()) as T;
}

export function useSignal<T>(value: T): Signal<T> {
  return useOnce(() => signal(value));
}

export function useComputed<T>(compute: () => T): Computed<T> {
  return useOnce(() => computed(compute));
}

/**
 * Runs an effect after the first drawing of a component, and again when a signal that it has read changes. It ends with
 * the component, and sees the props of the first drawing.
 */
export function useSignalEffect(run: () => void | (() => void)): void {
  useOnce(() => drawing.effects.push(run));
}
