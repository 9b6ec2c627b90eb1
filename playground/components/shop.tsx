'use client';

import { createContext, use, type ReactNode } from 'react';
import { useShop, type Shop } from './use-shop.ts';
import { StoryPanel } from './story-panel.tsx';
import styles from './shop.module.css';

const ShopContext = createContext<Shop | undefined>(undefined);

/** Returns the state that the cards and the story share. */
export function useShopContext(): Shop {
  const shop = use(ShopContext);
  if (shop === undefined) throw new Error('Cards stand in a Shop.');
  return shop;
}

interface Props {
  /** The address of the inspector, with its token. */
  inspector: string | undefined;
  children: ReactNode;
}

export function ShopLayout({ inspector, children }: Props) {
  const shop = useShop();
  return (
    <ShopContext value={shop}>
      <div className={styles.columns}>
        <section className={styles.cards} aria-label="Actions">
          {children}
        </section>
        <StoryPanel shop={shop} inspector={inspector} />
      </div>
    </ShopContext>
  );
}
